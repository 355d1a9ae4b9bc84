#pragma once

#include <chrono>
#include <string>

#include "dbpool/model/names.hpp"

namespace dbpool {

/// What happens to a pool: the same values whether the pool lives in this process or an application reports
/// them from afar. `at` and `began` are readings of one stopwatch (Clock::tick); `took` and the like are
/// differences of such readings.
namespace event {

struct Acquired {
  std::chrono::nanoseconds at, waited;
  bool reused;  ///< the connection had been lent before
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
/// Something that counts as an error; whatever else it was is an event of its own.
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
