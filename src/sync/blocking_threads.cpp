#include "sync/blocking_threads.hpp"

#include <condition_variable>
#include <deque>
#include <list>
#include <optional>
#include <system_error>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "sync/blocking_tasks.hpp"

namespace dbpool {
namespace {

struct BlockingState {
  explicit BlockingState(unsigned places) : tasks(places) {}

  BlockingTasks tasks;
  std::deque<BlockingTasks::Held> ready;  ///< tasks that hold a place
  std::vector<std::thread> threads;
  bool stopped = false;
};

}  // namespace

struct BlockingThreads::Shared {
  explicit Shared(unsigned places_) : places(places_), state(places_) {}

  void work() {
    for (std::optional<const void*> ended;;) {
      BlockingTasks::Held next;
      {
        auto access = state.access();
        if (ended) {
          if (auto held = access->tasks.end(*ended)) access->ready.push_back(std::move(*held));
        }
        found_work.wait(access.lock(), [&] { return access->stopped || !access->ready.empty(); });
        if (access->stopped) return;
        next = std::move(access->ready.front());
        access->ready.pop_front();
      }
      next.task();
      ended = next.on;
    }
  }

  const unsigned places;
  Guarded<BlockingState> state;
  std::condition_variable found_work;
};

namespace {

/// Starts threads up to `count`, or as many as the system allows.
template <typename Work>
void start(std::vector<std::thread>& threads, unsigned count, const Work& work) {
  try {
    while (threads.size() < count) threads.emplace_back(work);
  } catch (const std::system_error&) {
    // With fewer threads, tasks that hold a place wait for a thread.
  }
}

}  // namespace

BlockingThreads::BlockingThreads(unsigned places) : shared_(std::make_shared<Shared>(places)) {}

BlockingThreads::~BlockingThreads() {
  stop();
}

bool BlockingThreads::post(Scheduler::Task& task, const void* on) {
  // The task may destroy this object before this function returns.
  const auto shared = shared_;
  {
    const auto state = shared->state.access();
    if (state->stopped) return false;
    if (state->threads.empty()) start(state->threads, shared->places, [shared] { shared->work(); });
    if (state->threads.empty()) return false;
    if (!state->tasks.begin(on)) {
      state->tasks.hold({std::move(task), on});
      return true;
    }
    state->ready.push_back({std::move(task), on});
  }
  shared->found_work.notify_one();
  return true;
}

void BlockingThreads::request_stop() {
  std::deque<BlockingTasks::Held> ready;
  std::list<BlockingTasks::Held> held;
  {
    const auto state = shared_->state.access();
    state->stopped = true;
    ready.swap(state->ready);
    held = state->tasks.drop();
  }
  shared_->found_work.notify_all();
}

void BlockingThreads::stop() {
  request_stop();
  std::vector<std::thread> threads;
  shared_->state.access()->threads.swap(threads);
  join_all_others(threads);
}

void join_all_others(std::vector<std::thread>& threads) {
  for (auto& thread : threads) {
    // The caller may be one of these threads: a task that dropped the last reference to its scheduler.
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else if (thread.joinable()) {
      thread.join();
    }
  }
}

}  // namespace dbpool
