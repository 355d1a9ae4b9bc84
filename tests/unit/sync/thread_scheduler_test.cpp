#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dbpool/sync/scheduler.hpp"
#include "support/gate.hpp"

using namespace std::chrono_literals;
using dbpool::Gate;
using dbpool::IoWait;
using dbpool::ThreadScheduler;

namespace {

/// An eventfd that can be made readable.
struct Event {
  int fd = ::eventfd(0, EFD_CLOEXEC);
  ~Event() { ::close(fd); }
  void set() const { ::eventfd_write(fd, 1); }
};

}  // namespace

TEST_CASE("a posted task runs") {
  ThreadScheduler scheduler(2);
  std::latch ran(100);
  for (int i = 0; i < 100; ++i) CHECK(scheduler.post([&] { ran.count_down(); }));
  ran.wait();
}

TEST_CASE("tasks run at their moments, in the order of the moments and not of the calls") {
  ThreadScheduler scheduler(1);
  const auto start = std::chrono::steady_clock::now();
  std::latch ran(3);
  std::vector<int> order;
  std::vector<dbpool::TimePoint> times(3);
  for (const int i : {2, 0, 1}) {
    scheduler.at(start + i * 20ms + 20ms, [&, i] {
      order.push_back(i);
      times[static_cast<std::size_t>(i)] = std::chrono::steady_clock::now();
      ran.count_down();
    });
  }
  ran.wait();
  CHECK(order == std::vector{0, 1, 2});
  for (int i = 0; i < 3; ++i) CHECK(times[static_cast<std::size_t>(i)] >= start + i * 20ms + 20ms);
}

TEST_CASE("a task that waits for a descriptor runs when it is ready, once") {
  ThreadScheduler scheduler(2);
  const Event event;
  std::latch ran(1);
  std::atomic<int> runs = 0;
  scheduler.when({event.fd, POLLIN, std::chrono::steady_clock::now() + 1h}, [&] {
    ++runs;
    ran.count_down();
  });
  CHECK(runs == 0);
  event.set();
  ran.wait();
  event.set();
  std::latch after(1);
  scheduler.at(std::chrono::steady_clock::now() + 20ms, [&] { after.count_down(); });
  after.wait();
  CHECK(runs == 1);
}

TEST_CASE("a descriptor that never gets ready costs its deadline and no worker") {
  ThreadScheduler scheduler(1);
  bool ran_before = false;
  // Three times, for the machine may be busy with something else. A worker that waits is late each time.
  for (int i = 0; i < 3 && !ran_before; ++i) {
    std::vector<Event> silent(50);
    std::latch late(50);
    const auto deadline = std::chrono::steady_clock::now() + 100ms;
    for (const auto& event : silent) scheduler.when({event.fd, POLLIN, deadline}, [&] { late.count_down(); });
    std::latch prompt(1);
    scheduler.post([&] { prompt.count_down(); });
    prompt.wait();
    ran_before = std::chrono::steady_clock::now() < deadline;
    late.wait();
    CHECK(std::chrono::steady_clock::now() >= deadline);
  }
  CHECK(ran_before);
}

TEST_CASE("the same descriptor can be waited for again") {
  ThreadScheduler scheduler(1);
  const Event event;
  event.set();
  for (int i = 0; i < 3; ++i) {
    std::latch ran(1);
    scheduler.when({event.fd, POLLIN, dbpool::TimePoint::max()}, [&] { ran.count_down(); });
    ran.wait();
  }
}

TEST_CASE("a descriptor that cannot be watched counts as ready") {
  ThreadScheduler scheduler(1);
  std::latch ran(1);
  scheduler.when({1'000'000, POLLIN, dbpool::TimePoint::max()}, [&] { ran.count_down(); });
  ran.wait();
}

TEST_CASE("tasks that block take at most half of the workers, and all get their turn in order") {
  for (const unsigned workers : {1U, 2U, 5U, 8U}) {
    CAPTURE(workers);
    const unsigned most = std::max(workers / 2, 1U);
    Gate gate;
    std::mutex mutex;
    std::vector<int> begun;
    const std::array<char, 20> things{};
    std::latch all(20);
    ThreadScheduler scheduler(workers);
    for (int i = 0; i < 20; ++i) {
      scheduler.post_blocking(
          [&, i] {
            {
              const std::lock_guard lock(mutex);
              begun.push_back(i);
            }
            gate.pass();
            all.count_down();
          },
          &things.at(static_cast<std::size_t>(i)));
    }
    gate.await_arrivals(static_cast<int>(most));
    if (workers > 1) {
      std::latch quick(100);
      for (int i = 0; i < 50; ++i) scheduler.post([&] { quick.count_down(); });
      const auto soon = std::chrono::steady_clock::now() + 1ms;
      for (int i = 0; i < 50; ++i) scheduler.at(soon, [&] { quick.count_down(); });
      quick.wait();
    }
    CHECK(gate.arrived() == static_cast<int>(most));
    gate.open();
    all.wait();
    const std::lock_guard lock(mutex);
    // Where several run at a time, they may overtake each other once they have begun.
    if (most == 1) CHECK(std::ranges::is_sorted(begun));
  }
}

TEST_CASE("tasks that block on one thing leave a worker to those that block on another") {
  ThreadScheduler scheduler(8);
  Gate gate;
  const char hung = 0;
  const char fine = 0;
  for (int i = 0; i < 10; ++i) scheduler.post_blocking([&] { gate.pass(); }, &hung);
  gate.await_arrivals(3);
  std::latch others(10);
  for (int i = 0; i < 10; ++i) scheduler.post_blocking([&] { others.count_down(); }, &fine);
  others.wait();
  CHECK(gate.arrived() == 3);
  gate.open();
  gate.await_passed(10);
}

TEST_CASE("one worker takes tasks that block and others in turn") {
  ThreadScheduler scheduler(1);
  Gate gate;
  std::string order;
  std::latch ran(6);
  scheduler.post([&] { gate.pass(); });
  for (int i = 0; i < 3; ++i) {
    scheduler.post_blocking(
        [&] {
          order += 'b';
          ran.count_down();
        },
        &order);
  }
  for (int i = 0; i < 3; ++i) {
    scheduler.post([&] {
      order += 'q';
      ran.count_down();
    });
  }
  gate.open();
  ran.wait();
  CHECK(order == "bqqqbb");
}

TEST_CASE("a stop drops blocking tasks that wait for their turn") {
  auto token = std::make_shared<int>(0);
  Gate gate;
  ThreadScheduler scheduler(1);
  scheduler.post_blocking([&] { gate.pass(); }, &gate);
  scheduler.post_blocking([token] {}, &gate);
  gate.await_arrivals(1);
  std::thread stopper([&] { scheduler.stop(); });
  while (scheduler.post([] {})) std::this_thread::yield();
  gate.open();
  stopper.join();
  CHECK(token.use_count() == 1);
  CHECK_FALSE(scheduler.post_blocking([] {}, &gate));
}

TEST_CASE("after a stop nothing is taken, and what waited is dropped and not run") {
  auto token = std::make_shared<int>(0);
  std::atomic<bool> ran = false;
  ThreadScheduler scheduler(2);
  scheduler.at(std::chrono::steady_clock::now() + 1h, [&ran, token] { ran = true; });
  CHECK(token.use_count() == 2);
  scheduler.stop();
  CHECK(token.use_count() == 1);
  CHECK_FALSE(scheduler.post([] {}));
  CHECK_FALSE(ran);
}

TEST_CASE("a task may drop the last reference to its own scheduler") {
  auto runtime = std::make_shared<dbpool::Runtime>(dbpool::Runtime::start(1));
  std::latch dropped(1);
  auto* scheduler = runtime->scheduler.get();
  scheduler->post([&dropped, last = std::move(runtime)]() mutable {
    last.reset();
    dropped.count_down();
  });
  dropped.wait();
}
