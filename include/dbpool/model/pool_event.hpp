#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "dbpool/model/names.hpp"

namespace dbpool {

/// Events of a pool, in this process or reported by an application. `at` and `began` are readings of one
/// stopwatch (Clock::tick); `took`, `waited` and `used` are differences of such readings.
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
};
struct Released {
  std::chrono::nanoseconds used;
  LeaseIdentity lease = {};
};
struct TimedOut {
  std::chrono::nanoseconds at, waited;
  std::chrono::system_clock::time_point time;
};
struct Rejected {};
struct Connected {
  std::chrono::nanoseconds took;
};
struct ConnectFailed {};
struct Closed {
  CloseReason reason;
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
};
struct LeakSuspected {};
struct LeakReturned {};
struct ReconnectAttempted {};

}  // namespace event
}  // namespace dbpool
