#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace dbpool {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// Tells the time. Any thread may call it.
class Clock {
 public:
  virtual ~Clock() = default;

  /// The steady clock, for deadlines.
  virtual TimePoint now() const noexcept = 0;
  /// A stopwatch with an origin of its own: cheaper than `now()`, never running backwards on one core, and
  /// good for differences only.
  virtual Duration tick() const noexcept = 0;
  /// The wall clock, for time stamps that people read. It may jump.
  virtual std::chrono::system_clock::time_point wall() const noexcept = 0;
  /// Waits on `condition` until it is notified or `until` has passed; may return early for no reason.
  virtual void wait_until(std::condition_variable& condition, std::unique_lock<std::mutex>& lock,
                          TimePoint until) const = 0;
};

/// The machine's clocks. `tick()` reads the invariant TSC where the kernel itself trusts it as its clock
/// source (calibrated once, within about 2 ms), else the steady clock.
std::shared_ptr<const Clock> machine_clock();

}  // namespace dbpool
