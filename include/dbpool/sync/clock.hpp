#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace dbpool {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// A set of clocks. Any thread may call it.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Returns the time on the steady clock, for deadlines.
  virtual TimePoint now() const noexcept = 0;
  /// Reads a stopwatch with its own origin, for differences. Cheaper than `now()`; monotonic on one core.
  virtual Duration tick() const noexcept = 0;
  /// Returns the time on the wall clock, for timestamps. It may jump.
  virtual std::chrono::system_clock::time_point wall() const noexcept = 0;
  /// Blocks on `condition` until it is notified, at most until `until`. May wake up spuriously.
  virtual void wait_until(std::condition_variable& condition, std::unique_lock<std::mutex>& lock,
                          TimePoint until) const = 0;
};

/// Returns the machine's clocks. `tick()` reads the invariant TSC if the kernel uses it as its clock source
/// (the first call calibrates it, in about 2 ms), otherwise the steady clock.
std::shared_ptr<const Clock> machine_clock();

}  // namespace dbpool
