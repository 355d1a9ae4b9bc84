#include <doctest/doctest.h>

#include "support/fakes/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using dbpool::test::FakePool;

namespace {

PoolOptions sized(unsigned min, unsigned max) {
  auto options = test::sized(min, max, Validate::never);
  options.health_check_interval = 0s;
  return options;
}

std::uint64_t closed(const PoolSnapshot& s, CloseReason reason) {
  return s.closed.at(index_of(reason)).value();
}

/// Opens connections up to `n` by acquiring that many at once.
void widen(FakePool& pool, int n) {
  std::vector<Lease> leases;
  for (int i = 0; i < n; ++i) {
    pool->acquire_async({}, LeasePurpose::work,
                        [&](auto lease, auto) { leases.push_back(std::move(*lease)); });
  }
  pool.scheduler->run();
}

}  // namespace

TEST_CASE("surplus connections close when they have been idle for too long, the minimum stays") {
  auto options = sized(1, 4);
  options.max_idle_time = 60s;
  options.max_lifetime = 0s;
  FakePool pool(options);
  widen(pool, 4);
  REQUIRE(pool.now().idle == 4);
  CHECK_FALSE(pool.now().max_age);
  pool.advance(59s);
  CHECK(pool.now().idle == 4);
  pool.advance(2s);
  CHECK(pool.now().idle == 1);
  CHECK(closed(pool.now(), CloseReason::idle) == 3);
}

TEST_CASE("an idle connection that is used now and then stays while surplus ones age out") {
  auto options = sized(0, 3);
  options.max_idle_time = 10s;
  FakePool pool(options);
  widen(pool, 3);
  for (int i = 0; i < 12; ++i) {
    pool->acquire();
    pool.advance(1s);
  }
  CHECK(pool.now().idle == 1);
  CHECK(closed(pool.now(), CloseReason::idle) == 2);
}

TEST_CASE("no connection outlives its lifetime, and their ends are spread over its last tenth") {
  auto options = sized(8, 8);
  options.max_lifetime = 1000s;
  options.max_idle_time = 0s;
  FakePool pool(options);
  pool.advance(899s);
  CHECK(closed(pool.now(), CloseReason::max_lifetime) == 0);
  pool.advance(50s);
  const auto half = closed(pool.now(), CloseReason::max_lifetime);
  CHECK(half > 0);
  CHECK(half < 8);
  pool.advance(52s);
  CHECK(closed(pool.now(), CloseReason::max_lifetime) == 8);
  CHECK(pool.now().idle == 8);
}

TEST_CASE("at the minimum an old connection stays until its successor is open") {
  auto options = sized(1, 2);
  options.max_lifetime = 100s;
  FakePool pool(options);
  pool.database->connect_takes = Duration(300ms);
  for (int i = 0; i < 1200; ++i) {
    pool.advance(100ms);
    REQUIRE(pool.now().total() >= 1U);
  }
  CHECK(closed(pool.now(), CloseReason::max_lifetime) == 1);
  CHECK(pool.now().created == 2);
  CHECK(pool.now().total() == 1);
}

TEST_CASE("a full pool renews its connections within its maximum, whatever overflow it may have") {
  auto options = sized(5, 5);
  options.max_overflow = 10;
  options.max_lifetime = 60s;
  FakePool pool(options);
  pool.advance(10min);
  CHECK(closed(pool.now(), CloseReason::overflow) == 0);
  CHECK(closed(pool.now(), CloseReason::max_lifetime) >= 5 * 9);
  for (const auto& connection : pool->connections()) CHECK(connection.age <= 61s);
}

TEST_CASE("a lifetime also ends for connections that are always in use") {
  for (const unsigned max : {2U, 10U}) {
    CAPTURE(max);
    auto options = sized(2, max);
    options.max_lifetime = 60s;
    FakePool pool(options);
    std::vector<Lease> held;
    for (int i = 0; i < 6000; ++i) {
      held.clear();
      for (int k = 0; k < 2; ++k) {
        pool->acquire_async({}, LeasePurpose::work,
                            [&](auto lease, auto) { held.push_back(std::move(*lease)); });
      }
      pool.scheduler->run();
      REQUIRE(held.size() == 2);
      pool.advance(100ms);
      for (const auto& connection : pool->connections()) REQUIRE(connection.age <= 63s);
    }
    CHECK(closed(pool.now(), CloseReason::max_lifetime) >= 2 * 9);
  }
}

TEST_CASE("a connection that is to close on return gets no successor before somebody acquires") {
  auto options = sized(1, 4);
  options.max_lifetime = 60s;
  FakePool pool(options);
  const auto held = pool->acquire();
  pool->close_connections();
  pool.advance(2min);
  CHECK(pool.now().created == 1);
}

TEST_CASE("checks in the background keep no surplus connection in use") {
  auto options = test::sized(2, 10);
  options.health_check_interval = 30s;
  options.max_idle_time = 10min;
  options.max_lifetime = 0s;
  FakePool pool(options);
  widen(pool, 10);
  REQUIRE(pool.now().idle == 10);
  for (int i = 0; i < 720; ++i) {
    pool->acquire();
    pool.advance(5s);
  }
  CHECK(pool.now().total() == 2U);
}

TEST_CASE("a lease held beyond the limit is suspected once, and told with its site") {
  auto options = sized(1, 2);
  options.leak_detection_timeout = 30s;
  FakePool pool(options);
  std::optional<Lease> lease = pool->acquire();
  pool.advance(30s - 1ms);
  CHECK(pool.now().leaked == 0);
  pool.advance(5s);
  CHECK(pool.now().leaked == 1);
  CHECK(pool.now().leaks_detected == 1);
  const auto told = pool.observer->all<notice::LeakSuspected>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].leak.lease == lease->id());
  CHECK(told[0].leak.held >= 30s);
  CHECK(told[0].leak.site.find("housekeeping_test.cpp:") != std::string::npos);
  CHECK(told[0].leak.stack.empty());
  const auto listed = pool->leaks();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].connection_id == "conn_1");
  lease.reset();
  CHECK(pool.now().leaked == 0);
  CHECK(pool.now().leaks_recovered == 1);
  CHECK(pool.observer->all<notice::LeakReturned>().size() == 1);
  CHECK(pool->leaks().empty());
}

TEST_CASE("a caller may name the site itself") {
  FakePool pool(sized(1, 1));
  const auto lease = pool->acquire({.timeout = {}, .site = "nightly report"});
  pool.advance(31s);
  CHECK(pool->leaks().at(0).site == "nightly report");
}

TEST_CASE("the next lease of the same connection has a site of its own") {
  FakePool pool(sized(1, 1));
  pool->acquire({.timeout = {}, .site = "nightly report"});
  const auto lease = pool->acquire();
  pool.advance(31s);
  CHECK(pool->leaks().at(0).site.find("housekeeping_test.cpp:") != std::string::npos);
}

TEST_CASE("with leak_stack the holder's stack is kept") {
  auto options = sized(1, 1);
  options.leak_stack = true;
  FakePool pool(options);
  const auto lease = pool->acquire();
  pool.advance(31s);
  CHECK(pool->leaks().at(0).stack.size() > 2);
}

TEST_CASE("leak detection can be off") {
  auto options = sized(1, 1);
  options.leak_detection_timeout = 0s;
  FakePool pool(options);
  const auto lease = pool->acquire();
  pool.advance(2h);
  CHECK(pool.now().leaked == 0);
}

TEST_CASE("leaks are listed longest held first, and one that is returned leaves the others") {
  FakePool pool(sized(3, 3));
  auto first = pool->acquire();
  pool.advance(1s);
  auto second = pool->acquire();
  pool.advance(1s);
  auto third = pool->acquire();
  pool.advance(31s);
  second.release();
  const auto leaks = pool->leaks();
  REQUIRE(leaks.size() == 2);
  CHECK(leaks[0].lease == first.id());
  CHECK(leaks[1].lease == third.id());
}

TEST_CASE("a process that was stopped for a minute does not take its own leases for leaks") {
  FakePool pool(sized(1, 1));
  std::optional<Lease> lease = pool->acquire();
  pool.clock->advance(60s);  // nothing ran in between
  pool.scheduler->run();
  CHECK(pool.now().leaks_detected == 0);
  lease.reset();
  pool.advance(2s);
  CHECK(pool.now().leaks_detected == 0);
}

TEST_CASE("the time for which the process was stopped never counts against a lease that is still out") {
  FakePool pool(sized(1, 1));
  const Lease lease = pool->acquire();
  pool.advance(10s);
  pool.clock->advance(60s);  // nothing ran in between
  pool.advance(15s);
  CHECK(pool.now().leaks_detected == 0);
  pool.advance(10s);
  CHECK(pool.now().leaks_detected == 1);
}

TEST_CASE("somebody who sets the wall clock by months hurries nothing and holds nothing up") {
  for (const auto jump : {24h * 90, -24h * 90}) {
    FakePool pool(sized(2, 4));
    const Lease lease = pool->acquire();
    const auto before = pool.now();
    pool.clock->advance_wall(jump);
    pool.advance(20s);
    const auto after = pool.now();
    CHECK(after.created == before.created);
    CHECK(after.health_checks == before.health_checks);
    CHECK(after.leaks_detected == 0);
    CHECK(after.usage_duration->count() == 0);
    CHECK(pool->leaks().empty());
    pool.advance(11s);
    CHECK(pool.now().leaks_detected == 1);
  }
}

TEST_CASE("the minimum is refilled after a connection was thrown away") {
  FakePool pool(sized(3, 3));
  {
    auto lease = pool->acquire();
    lease.discard();
  }
  pool.advance(1s);
  CHECK(pool.now().idle == 3);
}
