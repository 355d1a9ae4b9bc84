#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "dbpool/model/names.hpp"

namespace dbpool {

/// Events of a pool, in this process or reported by an application. `at` and `began` are readings of one
/// stopwatch (Clock::tick); `took`, `waited` and `used` are differences of such readings. `times`: how many
/// equal events it stands for, because an application may report one of several; at least 1.
namespace event {

/// Identifies the lease of an application that reports its events, so that a release finds its acquire and a
/// leak its holder. "" = not known. An owned pool leaves all empty, because it keeps a record of each lease
/// itself. Views: valid while the event is applied; a receiver copies what it keeps.
struct LeaseIdentity {
  std::string_view client;      ///< the application process, unique within its source
  std::string_view lease;       ///< unique within `client`
  std::string_view connection;  ///< the connection, in the application's words
  std::string_view site;        ///< the acquiring code
};

struct Acquired {
  std::chrono::nanoseconds at, waited;
  bool reused;  ///< the connection was lent before
  LeaseIdentity lease = {};
  std::uint64_t times = 1;
};
struct Released {
  std::chrono::nanoseconds used;
  LeaseIdentity lease = {};
  std::uint64_t times = 1;
};
/// A lease ended without a release, because its holder has disappeared.
struct Vanished {};
struct TimedOut {
  std::chrono::nanoseconds at, waited;
  std::chrono::system_clock::time_point time;
  std::uint64_t times = 1;
};
struct Rejected {
  std::uint64_t times = 1;
};
struct Connected {
  std::chrono::nanoseconds took;
  std::uint64_t times = 1;
};
struct ConnectFailed {
  std::uint64_t times = 1;
};
struct Closed {
  CloseReason reason{};
  std::uint64_t times = 1;
};
struct HealthChecked {
  std::chrono::nanoseconds took;
  bool passed;
  std::chrono::system_clock::time_point time;
};
/// An error to count. A failed connect or health check is also an event of its own.
struct Failed {
  ErrorKind kind;
  std::string error;  ///< no secret
  std::chrono::nanoseconds at, began;
  std::chrono::system_clock::time_point time;
  std::uint64_t times = 1;
};
struct LeakSuspected {};
struct LeakReturned {};
struct ReconnectAttempted {};

}  // namespace event
}  // namespace dbpool
