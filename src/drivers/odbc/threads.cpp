#include "drivers/odbc/threads.hpp"

#include <utility>

namespace dbpool {

bool OdbcThreads::run(ExpendableThreads& threads, Task task) {
  // Counts the task for as long as it exists, so that a dropped task is subtracted too.
  ++*rest_->under_way.access();
  const std::shared_ptr<void> counted(nullptr, [rest = rest_](void*) {
    if (--*rest->under_way.access() == 0) rest->reached.notify_all();
  });
  return threads.run([counted, task = std::move(task)] { task(); });
}

bool OdbcThreads::await_rest(Deadline deadline) const {
  auto under_way = rest_->under_way.access();
  return rest_->reached.wait_until(under_way.lock(), deadline.when(), [&] { return *under_way == 0; });
}

std::optional<OdbcLane::Ticket> OdbcLane::run(Task task) {
  auto queue = queue_.access();
  if (queue->tasks.size() >= max_queued) return std::nullopt;
  const Ticket ticket = queue->next++;
  queue->tasks.emplace(ticket, std::move(task));
  if (start(*queue) || queue->running > 0) return ticket;
  queue->tasks.erase(ticket);
  return std::nullopt;
}

void OdbcLane::forget(Ticket ticket) {
  decltype(Queue::tasks)::node_type dropped;  // destroyed without the lock
  dropped = queue_.access()->tasks.extract(ticket);
}

void OdbcLane::run_in_any_case(Task task) {
  auto queue = queue_.access();
  queue->tasks.emplace(queue->next++, std::move(task));
  start(*queue);
}

/// Starts a thread for the next task, unless the driver's share is used up. Returns whether it did.
bool OdbcLane::start(Queue& queue) {
  if (queue.running >= threads_->limits().per_driver) return false;
  ++queue.running;
  if (threads_->run([lane = shared_from_this()] { lane->run_next(); })) return true;
  --queue.running;
  return false;
}

void OdbcLane::run_next() {
  Task task;
  {
    auto queue = queue_.access();
    if (!queue->tasks.empty()) {
      task = std::move(queue->tasks.extract(queue->tasks.begin()).mapped());
    }
  }
  if (task) task();
  task = {};
  // Queues again, behind the calls of the other drivers.
  auto queue = queue_.access();
  --queue->running;
  if (!queue->tasks.empty()) start(*queue);
}

}  // namespace dbpool
