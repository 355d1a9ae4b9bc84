#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// What a task waits for: a descriptor that becomes ready, a moment, or whichever comes first.
struct IoWait {
  int fd = -1;       ///< -1: only `until` counts
  short events = 0;  ///< POLLIN, POLLOUT
  TimePoint until = TimePoint::max();
};

/// Runs short tasks: at once, at a moment, or when a descriptor is ready. Any thread may call it, tasks
/// included. A task that waits gives its place back and comes again; so a few workers carry thousands of
/// waits. Tasks may run at the same time; one that must not overlap itself schedules its next run as its last
/// act.
class Scheduler {
 public:
  using Task = std::function<void()>;
  virtual ~Scheduler() = default;

  /// Runs `task` as soon as a worker is free. Returns false, and drops the task, after a stop.
  virtual bool post(Task task) = 0;
  /// The same for a task that may keep its thread for long, in a call that only blocks on what lies at `on`.
  /// A scheduler may run only so many of these at a time, and fewer on the same thing, so that all others
  /// find a thread free.
  virtual bool post_blocking(Task task, const void* /*on*/) { return post(std::move(task)); }
  /// Runs `task` once, when `wait.fd` is ready or `wait.until` has passed. The task finds out which.
  /// Returns false, and drops the task, after a stop. REQUIRES: the descriptor stays open until the task
  /// runs, and only one wait is on it.
  virtual bool when(IoWait wait, Task task) = 0;

  bool at(TimePoint moment, Task task) { return when({-1, 0, moment}, std::move(task)); }
};

/// A scheduler with threads: one for descriptors and moments, `workers` for tasks, and twice as many, from
/// the first such task on, for tasks that may block: all but one of half of these for those on the same
/// thing. All have ended, and waiting tasks are dropped, when it is destroyed or `stop()` returns.
class ThreadScheduler : public Scheduler {
 public:
  /// `workers`: 1 or more. throws std::system_error when the system gives no descriptor or thread.
  explicit ThreadScheduler(unsigned workers, std::shared_ptr<const Clock> clock = machine_clock());
  ~ThreadScheduler() override;

  bool post(Task task) override;
  bool post_blocking(Task task, const void* on) override;
  bool when(IoWait wait, Task task) override;
  /// Drops what waits, lets the tasks that run right now end, and returns when they have. From inside a task
  /// it does not wait for that task.
  void stop();

 private:
  class Core;
  explicit ThreadScheduler(std::shared_ptr<Core> core);

  std::shared_ptr<Core> core_;
  std::vector<std::thread> threads_;
};

/// Threads and clock that pools, canaries and sources share.
struct Runtime {
  std::shared_ptr<Scheduler> scheduler;
  std::shared_ptr<const Clock> clock;

  /// A ThreadScheduler with `workers` threads on the system's clock.
  static Runtime start(unsigned workers = 4);
};

}  // namespace dbpool
