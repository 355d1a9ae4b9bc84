#include "dbpool/sync/clock.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <thread>

using namespace std::chrono_literals;

TEST_CASE("the stopwatch runs as fast as the steady clock") {
  const auto clock = dbpool::machine_clock();
  double least_deviation = 1;
  // An interruption between two readings counts as deviation; one of the attempts should have none.
  for (int i = 0; i < 10; ++i) {
    const auto now = clock->now();
    const auto tick = clock->tick();
    while (clock->now() - now < 20ms) std::this_thread::yield();
    const std::chrono::duration<double> by_tick = clock->tick() - tick;
    const std::chrono::duration<double> by_clock = clock->now() - now;
    least_deviation = std::min(least_deviation, std::abs(by_tick / by_clock - 1));
  }
  CHECK(least_deviation < 0.0002);
}

TEST_CASE("the stopwatch does not run backwards") {
  const auto clock = dbpool::machine_clock();
  auto last = clock->tick();
  for (int i = 0; i < 100'000; ++i) {
    const auto next = clock->tick();
    REQUIRE(next >= last);
    last = next;
  }
}

TEST_CASE("a wait ends at its moment, and one without a moment ends by notification") {
  const auto clock = dbpool::machine_clock();
  std::mutex mutex;
  std::condition_variable condition;
  {
    std::unique_lock lock(mutex);
    const auto until = clock->now() + 20ms;
    while (clock->now() < until) clock->wait_until(condition, lock, until);
  }
  bool told = false;
  std::thread other([&] {
    const std::lock_guard lock(mutex);
    told = true;
    condition.notify_one();
  });
  std::unique_lock lock(mutex);
  while (!told) clock->wait_until(condition, lock, dbpool::TimePoint::max());
  lock.unlock();
  other.join();
}
