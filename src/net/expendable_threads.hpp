#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace dbpool {

/// Capped, counted, expendable threads for calls that nobody can interrupt. Any thread may use it. A thread
/// starts when there is work, ends when there is none, and is nobody's to join: one that hangs in its call
/// hinders neither the destructor nor the end of the process.
///
/// Locking: the queue and the count of threads lie behind one mutex, which is never held while a task runs.
class ExpendableThreads {
 public:
  /// Owns everything that it touches, and does not throw.
  using Task = std::function<void()>;

  /// `cap`: threads at once, 1 or more. `max_queued`: tasks that may wait for one of them.
  ExpendableThreads(unsigned cap, std::size_t max_queued);
  /// Drops the tasks that have not begun. Does not wait for the others.
  ~ExpendableThreads();

  /// Runs `task` on a thread of its own, or queues it. Does not block. Returns false, and drops the task,
  /// when the queue is full or the system gives no thread.
  bool run(Task task);
  /// Threads now.
  unsigned count() const;

 private:
  struct Queue;
  struct Shared;

  bool admit(Queue& queue, Task& task);

  std::shared_ptr<Shared> shared_;
};

}  // namespace dbpool
