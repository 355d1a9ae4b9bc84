#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "dbpool/sync/scheduler.hpp"
#include "support/fakes/fake_clock.hpp"

namespace dbpool::test {

/// A scheduler without threads: tasks run when the test calls it, on the test's thread, and timers expire by
/// the fake clock. Descriptors never become ready; only their deadlines expire.
class ManualScheduler : public Scheduler {
 public:
  explicit ManualScheduler(std::shared_ptr<FakeClock> clock) : clock_(std::move(clock)) {}

  bool post(Task task) override { return when({-1, 0, TimePoint::min()}, std::move(task)); }
  bool when(IoWait wait, Task task) override {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    tasks_.emplace(wait.until, std::move(task));
    return true;
  }

  /// Runs everything that is due now, and everything that becomes due by it.
  void run() {
    while (Task task = take_due()) task();
  }
  /// Advances the clock, running tasks at each moment when one is due.
  void advance(Duration d) {
    const auto end = clock_->now() + d;
    run();
    for (auto next = next_moment(); next <= end; next = next_moment()) {
      clock_->advance(std::max(next - clock_->now(), Duration::zero()));
      run();
    }
    clock_->advance(end - clock_->now());
  }
  /// Drops all tasks, like a stopped scheduler.
  void stop() {
    std::multimap<TimePoint, Task> dropped;
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(tasks_);
  }
  std::size_t pending() const {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }

 private:
  Task take_due() {
    const std::lock_guard lock(mutex_);
    if (tasks_.empty() || tasks_.begin()->first > clock_->now()) return nullptr;
    Task task = std::move(tasks_.begin()->second);
    tasks_.erase(tasks_.begin());
    return task;
  }
  TimePoint next_moment() const {
    const std::lock_guard lock(mutex_);
    return tasks_.empty() ? TimePoint::max() : tasks_.begin()->first;
  }

  std::shared_ptr<FakeClock> clock_;
  mutable std::mutex mutex_;
  std::multimap<TimePoint, Task> tasks_;
  bool stopped_ = false;
};

}  // namespace dbpool::test
