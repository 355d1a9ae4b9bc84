#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "dbpool/sync/scheduler.hpp"
#include "sync/blocking_threads.hpp"
#include "sync/descriptor.hpp"

namespace dbpool {
namespace {

Descriptor opened(int fd, const char* by) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), by);
  return Descriptor(fd);
}

using Token = std::uint64_t;
constexpr Token wake_token = 0;
constexpr unsigned places_for_each_worker = 2;

struct Waiting {
  IoWait wait;
  Scheduler::Task task;
};

using Moment = std::pair<TimePoint, Token>;

struct SchedulerState {
  std::deque<Scheduler::Task> ready;
  std::unordered_map<Token, Waiting> waiting;
  std::set<Moment> moments;  ///< of all waits with an `until`
  Token next_token = wake_token + 1;
  bool stopped = false;
};

}  // namespace

/// Locking: one mutex guards all state; it is held for a few container operations and never while a task
/// runs or is destroyed. The threads share ownership of the core, so that a task may drop the last reference
/// to the scheduler.
class ThreadScheduler::Core {
 public:
  Core(std::shared_ptr<const Clock> clock, unsigned workers)
      : clock_(std::move(clock)),
        epoll_(opened(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
        wake_(opened(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
        blocking_(places_for_each_worker * workers) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = wake_token}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }

  bool post(Task task) {
    {
      const auto state = state_.access();
      if (state->stopped) return false;
      state->ready.push_back(std::move(task));
    }
    work_.notify_one();
    return true;
  }

  bool post_blocking(Task task, const void* on) {
    // If the system allows no thread for it, a worker runs it.
    return blocking_.post(task, on) || post(std::move(task));
  }

  bool when(IoWait wait, Task task) {
    bool sooner = false;
    Token token = 0;
    {
      const auto state = state_.access();
      if (state->stopped) return false;
      token = state->next_token++;
      state->waiting.emplace(token, Waiting{wait, std::move(task)});
      if (wait.until != TimePoint::max()) {
        sooner = state->moments.empty() || wait.until < state->moments.begin()->first;
        state->moments.emplace(wait.until, token);
      }
    }
    if (wait.fd >= 0) watch(wait, token);
    if (sooner) wake();
    return true;
  }

  void work() {
    for (;;) {
      Task next;
      {
        auto state = state_.access();
        work_.wait(state.lock(), [&] { return state->stopped || !state->ready.empty(); });
        if (state->stopped) return;
        next = std::move(state->ready.front());
        state->ready.pop_front();
      }
      next();
    }
  }

  void wait_for_events() {
    std::array<epoll_event, 64> events{};
    while (const auto timeout = next_timeout()) {
      const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), *timeout);
      for (int i = 0; i < n; ++i) finish(events[static_cast<std::size_t>(i)].data.u64);
      finish_moments();
    }
  }

  /// Drops waiting tasks and accepts no more. Does not wait for running ones.
  void request_stop() {
    std::deque<Task> ready;
    std::unordered_map<Token, Waiting> waiting;
    {
      const auto state = state_.access();
      state->stopped = true;
      ready.swap(state->ready);
      waiting.swap(state->waiting);
      state->moments.clear();
    }
    work_.notify_all();
    wake();
    blocking_.request_stop();
  }

  void await_blocking() { blocking_.stop(); }

 private:
  void watch(const IoWait& wait, Token token) {
    epoll_event event{.events = EPOLLONESHOT, .data = {.u64 = token}};
    if ((wait.events & POLLIN) != 0) event.events |= EPOLLIN | EPOLLRDHUP;
    if ((wait.events & POLLOUT) != 0) event.events |= EPOLLOUT;
    // A descriptor that epoll refuses counts as ready: the task then finds the error.
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wait.fd, &event) != 0) finish(token);
  }

  /// Returns the milliseconds until the next moment; -1 = there is none; nullopt after a stop.
  std::optional<int> next_timeout() {
    const auto state = state_.access();
    if (state->stopped) return std::nullopt;
    if (state->moments.empty()) return -1;
    const auto left = state->moments.begin()->first - clock_->now();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::clamp<std::int64_t>(ms, 0, INT_MAX));
  }

  void finish_moments() {
    for (;;) {
      Token token = 0;
      {
        const auto state = state_.access();
        if (state->moments.empty() || state->moments.begin()->first > clock_->now()) return;
        token = state->moments.begin()->second;
      }
      finish(token);
    }
  }

  /// Passes the task of an ended wait to the workers. Ignores the token of a wait that ended earlier.
  void finish(Token token) {
    if (token == wake_token) {
      eventfd_t count = 0;
      ::eventfd_read(wake_.get(), &count);
      return;
    }
    {
      const auto state = state_.access();
      const auto it = state->waiting.find(token);
      if (it == state->waiting.end()) return;
      const IoWait& wait = it->second.wait;
      if (wait.fd >= 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, wait.fd, nullptr);
      state->moments.erase({wait.until, token});
      state->ready.push_back(std::move(it->second.task));
      state->waiting.erase(it);
    }
    work_.notify_one();
  }

  void wake() { ::eventfd_write(wake_.get(), 1); }

  std::shared_ptr<const Clock> clock_;
  Descriptor epoll_;
  Descriptor wake_;
  Guarded<SchedulerState> state_;
  std::condition_variable work_;
  BlockingThreads blocking_;
};

ThreadScheduler::ThreadScheduler(std::shared_ptr<Core> core) : core_(std::move(core)) {}

// Delegates, so that the destructor joins the started threads if the system refuses another one.
ThreadScheduler::ThreadScheduler(unsigned workers, std::shared_ptr<const Clock> clock)
    : ThreadScheduler(std::make_shared<Core>(std::move(clock), workers)) {
  threads_.emplace_back([core = core_] { core->wait_for_events(); });
  for (unsigned i = 0; i < workers; ++i) threads_.emplace_back([core = core_] { core->work(); });
}

ThreadScheduler::~ThreadScheduler() {
  stop();
}

bool ThreadScheduler::post(Task task) {
  return core_->post(std::move(task));
}

bool ThreadScheduler::post_blocking(Task task, const void* on) {
  return core_->post_blocking(std::move(task), on);
}

bool ThreadScheduler::when(IoWait wait, Task task) {
  return core_->when(wait, std::move(task));
}

void ThreadScheduler::stop() {
  core_->request_stop();
  core_->await_blocking();
  join_all_others(threads_);
}

Runtime Runtime::start(unsigned workers) {
  auto clock = machine_clock();
  return {std::make_shared<ThreadScheduler>(workers, clock), clock};
}

}  // namespace dbpool
