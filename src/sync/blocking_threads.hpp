#pragma once

#include <memory>

#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

/// The threads for tasks that may block, apart from the workers. There are as many as there are places
/// (`BlockingTasks`), or as the system gives; they start with the first such task. Any thread may call it.
///
/// Locking: one mutex guards all state; it is never held while a task runs or is destroyed. The threads share
/// ownership of the state, so that a task may drop the last reference to its scheduler.
class BlockingThreads {
 public:
  explicit BlockingThreads(unsigned places);
  /// Stops, as `stop` does.
  ~BlockingThreads();
  BlockingThreads(const BlockingThreads&) = delete;
  BlockingThreads& operator=(const BlockingThreads&) = delete;

  /// Runs `task`, which blocks on what lies at `on`, as soon as it has a place. Returns false, and leaves
  /// `task` as it was, after a stop and where the system gives no thread at all.
  bool post(Scheduler::Task& task, const void* on);
  /// Drops what waits and takes nothing more. Does not wait for what runs.
  void request_stop();
  /// The same, and returns when all that runs has ended. From inside a task it does not wait for that one.
  void stop();

 private:
  struct Shared;

  const std::shared_ptr<Shared> shared_;
};

/// Joins all of `threads` but the calling one, which is let go.
void join_all_others(std::vector<std::thread>& threads);

}  // namespace dbpool
