#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace dbpool {

/// Capped, counted, expendable threads for calls that cannot be interrupted. Any thread may use it. A thread
/// starts when there is work and ends when there is none. No thread is joined: one that hangs in its call
/// delays neither the destructor nor the end of the process.
///
/// Locking: the queue and the number of threads are behind one mutex, which is never held while a task runs.
class ExpendableThreads {
 public:
  /// Owns everything that it uses, and does not throw.
  using Task = std::function<void()>;

  /// `cap`: threads at once, 1 or more. `max_queued`: tasks that may wait for a thread.
  ExpendableThreads(unsigned cap, std::size_t max_queued);
  /// Drops the tasks that have not begun. Does not wait for the others.
  ~ExpendableThreads();

  /// Runs `task` on a new thread, or queues it. Does not block. Returns false, and drops the task, if the
  /// queue is full or the system provides no thread.
  bool run(Task task);
  /// Returns the number of threads now.
  unsigned count() const;

 private:
  struct Queue;
  struct Shared;

  bool admit(Queue& queue, Task& task);

  std::shared_ptr<Shared> shared_;
};

}  // namespace dbpool
