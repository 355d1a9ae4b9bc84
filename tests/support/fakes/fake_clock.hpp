#pragma once

#include <mutex>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// A clock that moves only on command. Any thread may call it.
class FakeClock : public Clock {
 public:
  /// Moves the steady clock, the stopwatch and the wall clock.
  void advance(Duration by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::system_clock::duration>(by);
  }
  /// Moves only the wall clock, as an administrator may.
  void advance_wall(Duration by) {
    const std::lock_guard lock(mutex_);
    wall_ += std::chrono::duration_cast<std::chrono::system_clock::duration>(by);
  }

  TimePoint now() const noexcept override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  Duration tick() const noexcept override { return now().time_since_epoch(); }
  std::chrono::system_clock::time_point wall() const noexcept override {
    const std::lock_guard lock(mutex_);
    return wall_;
  }
  /// Returns after a short real time, so that a waiting loop sees both its condition and the moved time.
  void wait_until(std::condition_variable& condition, std::unique_lock<std::mutex>& lock,
                  TimePoint /*until*/) const override {
    condition.wait_for(lock, std::chrono::microseconds(200));
  }

 private:
  mutable std::mutex mutex_;
  TimePoint now_{std::chrono::seconds(1)};
  std::chrono::system_clock::time_point wall_{std::chrono::hours(24 * 365 * 50)};
};

}  // namespace dbpool
