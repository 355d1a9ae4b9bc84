#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "dbpool/sync/scheduler.hpp"
#include "support/fakes/gate.hpp"

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
  // Three times, because the machine may be busy. A worker that waits is late every time.
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

TEST_CASE(
    "tasks that block take two places for each worker, leave the workers alone and all get their turn") {
  for (const unsigned workers : {1U, 2U, 5U, 8U}) {
    CAPTURE(workers);
    const int most = 2 * static_cast<int>(workers);
    Gate gate;
    const std::array<char, 20> things{};
    std::latch all(20);
    ThreadScheduler scheduler(workers);
    for (const char& thing : things) {
      scheduler.post_blocking(
          [&] {
            gate.pass();
            all.count_down();
          },
          &thing);
    }
    gate.await_arrivals(most);
    std::latch quick(100);
    for (int i = 0; i < 50; ++i) scheduler.post([&] { quick.count_down(); });
    const auto soon = std::chrono::steady_clock::now() + 1ms;
    for (int i = 0; i < 50; ++i) scheduler.at(soon, [&] { quick.count_down(); });
    quick.wait();
    CHECK(gate.arrived() == most);
    gate.open();
    all.wait();
  }
}

TEST_CASE("tasks that block on five things do not hold up those that block on a sixth") {
  ThreadScheduler scheduler(4);
  Gate gate;
  const std::array<char, 5> hung{};
  const char fine = 0;
  for (const char& thing : hung) {
    for (int i = 0; i < 10; ++i) scheduler.post_blocking([&] { gate.pass(); }, &thing);
  }
  gate.await_arrivals(7);
  std::latch others(10);
  for (int i = 0; i < 10; ++i) scheduler.post_blocking([&] { others.count_down(); }, &fine);
  others.wait();
  CHECK(gate.arrived() == 7);
  gate.open();
  gate.await_passed(50);
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
  for (const bool blocks : {false, true}) {
    CAPTURE(blocks);
    auto runtime = std::make_shared<dbpool::Runtime>(dbpool::Runtime::start(1));
    std::latch dropped(1);
    auto* scheduler = runtime->scheduler.get();
    dbpool::Scheduler::Task task = [&dropped, last = std::move(runtime)]() mutable {
      last.reset();
      dropped.count_down();
    };
    blocks ? scheduler->post_blocking(std::move(task), &dropped) : scheduler->post(std::move(task));
    dropped.wait();
  }
}
