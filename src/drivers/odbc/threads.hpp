#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "dbpool/drivers/odbc.hpp"
#include "dbpool/sync/guarded.hpp"
#include "net/expendable_threads.hpp"

namespace dbpool {

/// See dbpool/drivers/odbc.hpp. Any thread may use it.
///
/// Locking: the number of calls is behind one mutex, which is never held during a call.
class OdbcThreads {
 public:
  using Task = ExpendableThreads::Task;
  /// Tasks in the queue that all drivers share, in which each has no more than `per_driver`.
  static constexpr std::size_t max_queued = 10'000;
  static constexpr unsigned cancelling = 2;

  explicit OdbcThreads(OdbcLimits limits) : limits_(limits), calls_(limits.threads, max_queued) {}

  const OdbcLimits& limits() const noexcept { return limits_; }
  /// Runs `task`, or queues it. Returns false, and drops it, if there is no thread and no room.
  bool run(Task task) { return run(calls_, std::move(task)); }
  /// Runs a cancellation if a thread is free, else drops it. Cancelling may block too.
  void run_cancel(Task task) { run(cancellations_, std::move(task)); }
  /// Returns the number of threads now.
  unsigned count() const { return calls_.count() + cancellations_.count(); }
  bool await_rest(Deadline deadline) const;

 private:
  bool run(ExpendableThreads& threads, Task task);

  struct Rest {
    Guarded<std::size_t> under_way;
    std::condition_variable reached;
  };

  const OdbcLimits limits_;
  const std::shared_ptr<Rest> rest_ = std::make_shared<Rest>();
  ExpendableThreads calls_;
  ExpendableThreads cancellations_{cancelling, 0};
};

/// One driver's share of the threads. Its calls wait here for their turn, in order. Any thread may use it.
///
/// Locking: the queue is behind one mutex, which is never held during a call.
class OdbcLane : public std::enable_shared_from_this<OdbcLane> {
 public:
  using Task = OdbcThreads::Task;
  static constexpr std::size_t max_queued = 10'000;

  explicit OdbcLane(std::shared_ptr<OdbcThreads> threads) : threads_(std::move(threads)) {}

  using Ticket = std::uint64_t;

  /// Queues `task`. Does not block. Returns nullopt, and drops the task, if the queue is full or there is no
  /// thread.
  std::optional<Ticket> run(Task task);
  /// Drops the task if it has not begun.
  void forget(Ticket ticket);
  /// Queues a task that must run, such as closing: also beyond `max_queued`, and while there is no thread.
  void run_in_any_case(Task task);
  OdbcThreads& threads() const noexcept { return *threads_; }

 private:
  struct Queue {
    std::map<Ticket, Task> tasks;  // in the order of their tickets
    Ticket next = 0;
    unsigned running = 0;
  };

  bool start(Queue& queue);
  void run_next();

  std::shared_ptr<OdbcThreads> threads_;
  Guarded<Queue> queue_;
};

}  // namespace dbpool
