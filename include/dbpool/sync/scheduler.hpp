#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// The condition of a waiting task: a descriptor becomes ready, a time passes, or the earlier of both.
struct IoWait {
  int fd = -1;       ///< -1 = none, wait for `until` only
  short events = 0;  ///< POLLIN, POLLOUT
  TimePoint until = TimePoint::max();
};

/// Runs short tasks: now, at a time, or when a descriptor is ready. Any thread may call it, including tasks.
/// A task schedules its next step instead of waiting, so a few workers serve thousands of waits. Tasks run
/// concurrently. A task that must not overlap itself schedules its next run as its last action.
class Scheduler {
 public:
  using Task = std::function<void()>;
  virtual ~Scheduler() = default;

  /// Runs `task` when a worker is free. After a stop, drops it and returns false.
  virtual bool post(Task task) = 0;
  /// Same, for a task that may block its thread on the resource `on`. A scheduler may limit the number of
  /// such tasks that run at once, in all and per resource, so that other tasks find a free thread.
  virtual bool post_blocking(Task task, const void* /*on*/) { return post(std::move(task)); }
  /// Runs `task` once, when `wait.fd` is ready or `wait.until` has passed; the task must check which. After a
  /// stop, drops it and returns false. REQUIRES: the descriptor stays open until the task runs, and has no
  /// other wait.
  virtual bool when(IoWait wait, Task task) = 0;

  bool at(TimePoint moment, Task task) { return when({-1, 0, moment}, std::move(task)); }
};

/// A scheduler with threads: one for descriptors and times, `workers` for tasks, and 2 * `workers` for tasks
/// that may block, which start with the first such task. At most `workers` - 1 of these (but at least one)
/// run tasks on the same resource. The destructor and `stop()` drop waiting tasks and join all threads.
class ThreadScheduler : public Scheduler {
 public:
  /// `workers`: 1 or more. throws std::system_error if the system refuses a descriptor or a thread.
  explicit ThreadScheduler(unsigned workers, std::shared_ptr<const Clock> clock = machine_clock());
  ~ThreadScheduler() override;

  bool post(Task task) override;
  bool post_blocking(Task task, const void* on) override;
  bool when(IoWait wait, Task task) override;
  /// Drops waiting tasks and blocks until the running ones have ended. Called from a task, it does not wait
  /// for that task.
  void stop();

 private:
  class Core;
  explicit ThreadScheduler(std::shared_ptr<Core> core);

  std::shared_ptr<Core> core_;
  std::vector<std::thread> threads_;
};

/// The threads and clock that pools, canaries and sources share.
struct Runtime {
  std::shared_ptr<Scheduler> scheduler;
  std::shared_ptr<const Clock> clock;

  /// Starts a ThreadScheduler with `workers` workers. Returns it with the machine's clocks.
  static Runtime start(unsigned workers = 4);
};

}  // namespace dbpool
