#pragma once

#include <memory>

#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

/// The threads for tasks that may block, apart from the workers. Their number is that of the places
/// (`BlockingTasks`), or less if the system refuses. They start with the first task. Any thread may call it.
///
/// Locking: one mutex guards all state; it is never held while a task runs or is destroyed. The threads share
/// ownership of the state, so that a task may drop the last reference to its scheduler.
class BlockingThreads {
 public:
  explicit BlockingThreads(unsigned places);
  /// Calls `stop`.
  ~BlockingThreads();
  BlockingThreads(const BlockingThreads&) = delete;
  BlockingThreads& operator=(const BlockingThreads&) = delete;

  /// Runs `task`, which blocks on the resource `on`, when it has a place. Returns false and leaves `task`
  /// unchanged after a stop, or if the system allows no thread.
  bool post(Scheduler::Task& task, const void* on);
  /// Drops waiting tasks and accepts no more. Does not wait for running ones.
  void request_stop();
  /// Same, and blocks until the running tasks have ended. Called from a task, it does not wait for that task.
  void stop();

 private:
  struct Shared;

  const std::shared_ptr<Shared> shared_;
};

/// Joins all of `threads` except the calling one, which it detaches.
void join_all_others(std::vector<std::thread>& threads);

}  // namespace dbpool
