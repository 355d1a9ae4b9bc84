#include "net/expendable_threads.hpp"

#include <deque>
#include <system_error>
#include <thread>
#include <utility>

#include "dbpool/sync/guarded.hpp"

namespace dbpool {

struct ExpendableThreads::Queue {
  std::deque<Task> tasks;
  unsigned threads = 0;
};

struct ExpendableThreads::Shared {
  const unsigned cap;
  const std::size_t max_queued;
  Guarded<Queue> queue;

  Shared(unsigned cap_, std::size_t max_queued_) : cap(cap_), max_queued(max_queued_) {}

  Task next() {
    auto access = queue.access();
    if (access->tasks.empty()) {
      --access->threads;
      return {};
    }
    Task task = std::move(access->tasks.front());
    access->tasks.pop_front();
    return task;
  }
};

ExpendableThreads::ExpendableThreads(unsigned cap, std::size_t max_queued)
    : shared_(std::make_shared<Shared>(cap, max_queued)) {}

ExpendableThreads::~ExpendableThreads() {
  std::deque<Task> dropped;
  shared_->queue.access()->tasks.swap(dropped);
}

bool ExpendableThreads::run(Task task) {
  auto queue = shared_->queue.access();
  if (queue->threads == shared_->cap) return admit(*queue, task);
  // If no thread can start, a running one does the task.
  try {
    std::thread([shared = shared_, task]() mutable {
      for (; task; task = shared->next()) task();
    }).detach();
    ++queue->threads;
    return true;
  } catch (const std::system_error&) {
    return queue->threads > 0 && admit(*queue, task);
  }
}

bool ExpendableThreads::admit(Queue& queue, Task& task) {
  if (queue.tasks.size() >= shared_->max_queued) return false;
  queue.tasks.push_back(std::move(task));
  return true;
}

unsigned ExpendableThreads::count() const {
  return shared_->queue.access()->threads;
}

}  // namespace dbpool
