#pragma once

#include <chrono>
#include <string>

#include "dbpool/model/names.hpp"

namespace dbpool {

/// Events of a pool, in this process or reported by an application. `at` and `began` are readings of one
/// stopwatch (Clock::tick); `took`, `waited` and `used` are differences of such readings.
namespace event {

struct Acquired {
  std::chrono::nanoseconds at, waited;
  bool reused;  ///< the connection was lent before
};
struct Released {
  std::chrono::nanoseconds used;
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
