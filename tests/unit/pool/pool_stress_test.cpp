#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <random>

#include "support/fakes/fake_pool.hpp"
#include "support/fakes/null_driver.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// The callers' own counts.
struct Books {
  std::atomic<std::uint64_t> acquired{0}, timed_out{0}, rejected{0};
};

void act_at_random(Pool& pool, Books& books, unsigned seed, int actions) {
  std::mt19937 random(seed);
  const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  std::vector<Lease> held;
  for (int i = 0; i < actions; ++i) {
    if (!held.empty() && chance(50)) {
      if (chance(3)) held.back().discard();
      held.pop_back();
      continue;
    }
    try {
      held.push_back(pool.acquire({.timeout = chance(20) ? 0us : 2000us, .site = {}}));
      ++books.acquired;
      if (chance(5)) held.back().execute("BEGIN");
    } catch (const AcquireTimeout&) {
      ++books.timed_out;
    } catch (const AcquireRejected&) {
      ++books.rejected;
    } catch (const DriverError&) {
      // the database was restarted under the lease
    }
    if (held.size() > 2) held.clear();
  }
}

void make_trouble(Pool& pool, test::FakeDatabase& database, const std::atomic<bool>& over) {
  for (int i = 0; !over; ++i) {
    std::this_thread::sleep_for(2ms);  // the pace of the faults, not a wait for anything
    if (i % 7 == 3) database.restart();
    if (i % 11 == 5) pool.close_connections();
    if (i % 13 == 7) database.connects_to_fail = 1;
    pool.snapshot();
    pool.connections();
    pool.leaks();
  }
}

/// Returns how often a caller gets a connection if it asks again as soon as it has returned one, until all
/// callers together have had `turns`.
double take_turns(Pool& pool, std::atomic<int>& turns) {
  double cycles = 0;
  while (turns-- > 0) {
    const auto lease = pool.acquire();
    ++cycles;
    std::this_thread::sleep_for(1ms);  // the work
  }
  return cycles;
}

/// Returns Jain's index: 1 = equal shares, 1/N = one has everything.
double fairness(const std::vector<double>& shares) {
  double sum = 0;
  double squares = 0;
  for (const double share : shares) {
    sum += share;
    squares += share * share;
  }
  return sum * sum / (static_cast<double>(shares.size()) * squares);
}

}  // namespace

TEST_CASE("callers that come again at once get equal shares") {
  const auto runtime = Runtime::start(1);
  PoolOptions options;
  options.min_size = options.max_size = 4;
  Pool pool(options, std::make_shared<test::NullDriver>(), runtime);
  REQUIRE(pool.warm_up(10s));
  std::vector<double> shares(40);
  std::latch ready(40);
  std::atomic<int> turns{40 * 25};
  std::vector<std::thread> callers;
  for (double& share : shares) {
    callers.emplace_back([&] {
      ready.arrive_and_wait();
      share = take_turns(pool, turns);
    });
  }
  for (auto& caller : callers) caller.join();
  // A pool that lends to the caller that returned last gives four callers everything: 0.1. A busy machine may
  // cost a caller some turns.
  CHECK(fairness(shares) > 0.9);
}

TEST_CASE("after random actions of many threads, with faults, the books balance exactly") {
  const auto runtime = Runtime::start(3);
  const auto database = std::make_shared<test::FakeDatabase>(runtime.clock);
  PoolOptions options;
  options.min_size = 2;
  options.max_size = 4;
  options.max_overflow = 2;
  options.max_waiting = 6;
  options.validate = Validate::stale;
  options.leak_detection_timeout = 1ms;
  Pool pool(options, std::make_shared<test::FakeDriver>(database), runtime);
  REQUIRE(pool.warm_up(10s));

  Books books;
  std::atomic<bool> over{false};
  std::thread trouble([&] { make_trouble(pool, *database, over); });
  std::vector<std::thread> callers;
  for (unsigned i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] { act_at_random(pool, books, i, 4000); });
  }
  for (auto& caller : callers) caller.join();
  over = true;
  trouble.join();

  const auto s = pool.snapshot();
  CHECK(s.active == 0);
  CHECK(s.acquisitions == books.acquired);
  CHECK(s.acquisitions == *s.releases + *s.active);
  CHECK(s.acquisition_timeouts == books.timed_out);
  CHECK(s.acquisition_rejections == books.rejected);
  CHECK(s.acquisition_duration->count() == books.acquired + books.timed_out);
  CHECK(s.usage_duration->count() == books.acquired);
  CHECK(s.leaks_detected == *s.leaks_recovered + *s.leaked);
  CHECK(database->most_open <= 6 + 4);  // at most the capacity, plus those being closed outside the lock

  pool.drain(1s);
  while (database->open > 0) std::this_thread::yield();
  const auto end = pool.snapshot();
  std::uint64_t closed = 0;
  for (const auto n : end.closed) closed += n.value();
  CHECK(end.total() == 0);
  CHECK(end.created == closed);
}
