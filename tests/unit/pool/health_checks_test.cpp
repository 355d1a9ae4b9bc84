#include <doctest/doctest.h>

#include "support/fakes/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using dbpool::test::FakePool;
using dbpool::test::sized;

namespace {

/// Returns a lease as a canary gets it: without blocking a thread.
Lease probe(FakePool& pool) {
  std::optional<Lease> lease;
  pool->acquire_async({}, LeasePurpose::probe, [&](auto got, auto) { lease = std::move(got); });
  pool.scheduler->run();
  return std::move(lease.value());
}

}  // namespace

TEST_CASE("a connection used within half a second is lent without a check, an older one after it") {
  FakePool pool(sized(1, 1));
  pool->acquire();
  const int before = pool.database->pings;
  pool.clock->advance(500ms);
  pool->acquire();
  CHECK(pool.database->pings == before);
  pool.clock->advance(501ms);
  pool->acquire();
  CHECK(pool.database->pings == before + 1);
  CHECK(pool.now().health_checks == 2);
}

TEST_CASE("with validate always every acquire checks, with never none does") {
  for (const auto& [mode, expected] : {std::pair{Validate::always, 3}, std::pair{Validate::never, 0}}) {
    auto options = sized(1, 1);
    options.validate = mode;
    FakePool pool(options);
    const int before = pool.database->pings;
    for (int i = 0; i < 3; ++i) {
      pool.clock->advance(1s);
      pool->acquire();
    }
    CHECK(pool.database->pings - before == expected);
  }
}

TEST_CASE("a connection that fails its check is closed and the caller gets another") {
  auto options = sized(1, 3);
  FakePool pool(options);
  pool.clock->advance(1s);
  pool.database->restart();
  std::thread caller([&] { pool->acquire(); });
  while (pool.now().releases != 1U) {
    pool.scheduler->run();
    pool.clock->advance(100ms);
    std::this_thread::yield();
  }
  caller.join();
  const auto s = pool.now();
  CHECK(s.closed.at(index_of(CloseReason::validation)) == 1);
  CHECK(s.acquisitions == 1);
  CHECK(s.acquisition_timeouts == 0);
}

TEST_CASE("a caller whose time is up before the check has ended breaks no connection") {
  FakePool pool(test::sized(1, 1, Validate::always));
  pool.database->ping_takes = Duration(100ms);
  CHECK_THROWS_AS(pool->acquire({.timeout = 0ms, .site = {}}), AcquireTimeout);
  CHECK(pool.now().checking == 1);
  pool.advance(100ms);
  const auto s = pool.now();
  CHECK(s.idle == 1);
  CHECK(s.created == 1);
  CHECK(s.acquisition_timeouts == 1);
  CHECK(s.errors_last_hour == 0);
  CHECK(s.health_checks == 2);  // the one on opening, and this one
  CHECK(s.health_check_failures == 0);
}

TEST_CASE("a caller whose connection is being checked while the pool closes gets none") {
  FakePool pool(test::sized(1, 1, Validate::always));
  pool.database->ping_takes = Duration(100ms);
  std::atomic<bool> turned_away{false};
  std::thread caller([&] {
    try {
      pool->acquire();
    } catch (const PoolClosed&) {
      turned_away = true;
    }
  });
  while (pool.now().checking != 1) std::this_thread::yield();
  CHECK(pool->drain(0s));
  pool.clock->advance(100ms);
  caller.join();
  CHECK(turned_away);
  CHECK(pool.database->open == 0);
  CHECK(pool.now().acquisitions == 0);
  CHECK(pool.now().acquisition_rejections == 1);
}

TEST_CASE("one check that fails has every idle connection checked, so that an outage is seen at once") {
  FakePool pool(sized(4, 4));
  pool.database->up = false;
  {
    auto lease = probe(pool);
    Lease::check_async(std::move(lease), "SELECT 1", [](Lease) {});
    pool.scheduler->run();
  }
  CHECK(pool.now().total() == 0);
  CHECK(pool->phase() == PoolPhase::recovering);
  CHECK(pool.now().closed.at(index_of(CloseReason::validation)) == 4);
}

TEST_CASE("a silent database is found out when the validation timeout has passed") {
  FakePool pool(sized(3, 3));
  pool.database->silent = true;
  auto lease = probe(pool);
  Lease::check_async(std::move(lease), "SELECT 1", [](Lease) {});
  pool.advance(1999ms);
  CHECK(pool.now().last_contact_ok == true);
  pool.advance(1ms);
  CHECK(pool.now().last_contact_ok == false);
  pool.advance(2s);
  CHECK(pool->phase() == PoolPhase::recovering);
}

TEST_CASE("a canary whose statement the database refuses fails, but keeps its connection") {
  FakePool pool(sized(1, 1));
  pool.database->query_refused = true;
  Lease::check_async(probe(pool), "SELEC 1", [](Lease) {});
  pool.scheduler->run();
  const auto s = pool.now();
  CHECK(s.idle == 1);
  CHECK(s.healthy == 0);
  CHECK(s.health_check_failures == 1);
  CHECK(s.errors.at(index_of(ErrorKind::query)) == 1);
  CHECK(s.errors.at(index_of(ErrorKind::validation)) == 0);
}

TEST_CASE("a check that passes tells the round trip and its time") {
  FakePool pool(sized(1, 1));
  pool.database->ping_takes = Duration(30ms);
  bool back = false;
  Lease::check_async(probe(pool), "SELECT 1", [&](Lease) { back = true; });
  pool.advance(30ms);
  CHECK(back);
  const auto s = pool.now();
  CHECK(s.response_time == doctest::Approx(0.03));
  CHECK(s.last_health_check == pool.clock->wall());
  CHECK(s.healthy == 1);
}

TEST_CASE("a check that a shutdown cuts off counts as none, and its connection is closed") {
  auto options = sized(2, 2);
  options.health_check_interval = 1s;
  FakePool pool(options);
  pool.database->silent = true;
  Lease lease = probe(pool);
  bool back = false;
  Lease::check_async(std::move(lease), "SELECT 1", [&](Lease) { back = true; });
  pool.advance(1s);  // now the other one is being checked as well
  REQUIRE(pool.now().checking == 1);
  pool->shut_down();
  pool.advance(test::look_around);
  CHECK(back);
  const auto s = pool.now();
  CHECK(s.closed.at(index_of(CloseReason::shutdown)) == 2);
  CHECK(s.health_check_failures == 0);
  CHECK(pool.observer->all<notice::Failure>().empty());
  CHECK(s.total() == 0);
  CHECK(s.active == 0);
}

TEST_CASE("a first check that a shutdown cuts off counts as none") {
  FakePool pool(sized(1, 1), [](auto& db) { db.ping_takes = Duration(1h); });
  REQUIRE(pool.now().opening == 1);
  pool->shut_down();
  pool.advance(test::look_around);
  const auto s = pool.now();
  CHECK(s.opening == 0);
  CHECK(s.closed.at(index_of(CloseReason::shutdown)) == 1);
  CHECK(s.health_checks == 0);
  CHECK(s.health_check_failures == 0);
  CHECK(pool.observer->all<notice::Failure>().empty());
  CHECK(pool.database->open == 0);
}

TEST_CASE("a probe is active but is told apart from load") {
  FakePool pool(sized(2, 2));
  const auto looking = probe(pool);
  CHECK(pool.now().active == 1);
  CHECK(pool.now().probing == 1);
}

TEST_CASE("idle connections are checked in the background at their interval") {
  auto options = sized(2, 2);
  options.health_check_interval = 60s;
  FakePool pool(options);
  const int before = pool.database->pings;
  pool.advance(59s);
  CHECK(pool.database->pings == before);
  pool.advance(2s);
  CHECK(pool.database->pings == before + 2);
  CHECK(pool.now().idle == 2);
}

TEST_CASE("a waiter gets a connection as soon as its background check has passed") {
  FakePool pool(sized(1, 1));
  pool.database->ping_takes = Duration(100ms);
  pool.advance(5min);
  REQUIRE(pool.now().checking == 1);
  bool served = false;
  pool->acquire_async({}, LeasePurpose::work, [&](auto, auto) { served = true; });
  pool.advance(1s);
  CHECK(served);
}
