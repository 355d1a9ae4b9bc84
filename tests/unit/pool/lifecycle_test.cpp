#include <doctest/doctest.h>

#include "support/fakes/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using dbpool::test::FakePool;

namespace {

PoolOptions sized(unsigned min, unsigned max) {
  return test::sized(min, max, Validate::never);
}

/// Stops the database and makes the pool notice.
void break_database(FakePool& pool) {
  pool.database->up = false;
  auto lease = pool->acquire();
  CHECK_THROWS(lease.execute("SELECT 1"));
  lease.release();
  pool.scheduler->run();
}

}  // namespace

TEST_CASE("a pool initializes when min_size connections are open and checked") {
  FakePool pool(sized(3, 5), [](auto& db) {
    db.connect_takes = Duration(200ms);
    db.ping_takes = Duration(50ms);
  });
  CHECK(pool->phase() == PoolPhase::initializing);
  pool.advance(249ms);
  CHECK(pool->phase() == PoolPhase::initializing);
  CHECK(pool.now().opening == 3);
  CHECK(pool.now().total() == 0);
  pool.advance(1ms);
  CHECK(pool->phase() == PoolPhase::serving);
  const auto s = pool.now();
  CHECK(s.idle == 3);
  CHECK(s.created == 3);
  CHECK(s.health_checks == 3);
  CHECK(s.connect_duration->sum_seconds() == doctest::Approx(0.6));
  const auto told = pool.observer->all<notice::Initialized>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].connections == 3);
  CHECK(told[0].took == 250ms);
}

TEST_CASE("a pool without a minimum is initialized at once and opens nothing") {
  FakePool pool(sized(0, 2));
  CHECK(pool->phase() == PoolPhase::serving);
  CHECK(pool.database->connects == 0);
  CHECK(pool.observer->all<notice::Initialized>().size() == 1);
}

TEST_CASE("warm_up returns when the minimum is open") {
  FakePool pool(sized(2, 2));
  CHECK(pool->warm_up(1s));
}

TEST_CASE("a database that is down at start is an outage with backoff 1, 2, 4, 8, 16, 16 seconds") {
  FakePool pool(sized(2, 5), [](auto& db) { db.up = false; });
  CHECK(pool->phase() == PoolPhase::recovering);
  CHECK(pool.observer->all<notice::ConnectionLost>().size() == 1);
  pool.advance(70s);
  std::vector<std::int64_t> delays;
  for (const auto& n : pool.observer->all<notice::ReconnectAttempt>()) {
    CHECK(n.attempt == delays.size() + 1);
    delays.push_back(std::chrono::duration_cast<std::chrono::seconds>(n.delay).count());
  }
  CHECK(delays == std::vector<std::int64_t>{1, 2, 4, 8, 16, 16, 16});
  CHECK(pool.now().reconnect_attempts == 7);
  CHECK(pool.now().last_connect_ok == false);
  CHECK(pool.now().connect_failures == 2 + 7);
}

TEST_CASE("the pool recovers at the next attempt and opens its minimum at once") {
  FakePool pool(sized(3, 5));
  break_database(pool);
  CHECK(pool->phase() == PoolPhase::recovering);
  CHECK(pool.now().total() == 0);
  pool.advance(4s);  // attempts at 1 s and 3 s
  pool.database->up = true;
  pool.advance(2999ms);
  CHECK(pool->phase() == PoolPhase::recovering);
  pool.advance(1ms);
  CHECK(pool->phase() == PoolPhase::serving);
  CHECK(pool.now().idle == 3);
  const auto recovered = pool.observer->all<notice::Recovered>();
  REQUIRE(recovered.size() == 1);
  CHECK(recovered[0].connections == 3);
  CHECK(recovered[0].outage == 7s);
}

TEST_CASE("a recovery that gets only some connections goes on with backoff") {
  FakePool pool(sized(3, 3));
  break_database(pool);
  pool.database->connect_takes = Duration(10ms);
  pool.advance(999ms);
  pool.database->up = true;
  pool.advance(2ms + 10ms);  // the first is open, and two more are being opened
  CHECK(pool.now().idle == 1);
  CHECK(pool.now().opening == 2);
  pool.database->connects_to_fail = 2;
  pool.advance(10ms);
  CHECK(pool->phase() == PoolPhase::recovering);
  CHECK(pool.now().idle == 1);
  pool.advance(3s);
  CHECK(pool->phase() == PoolPhase::serving);
  CHECK(pool.now().idle == 3);
}

TEST_CASE("an attempt that hangs until its deadline does not put the next one off") {
  auto options = sized(1, 1);
  options.connect_timeout = 5s;
  FakePool pool(options);
  break_database(pool);
  pool.database->silent = true;
  pool.advance(60s);
  // at 1, 6, 11, 19, 35 and 51 s
  CHECK(pool.now().reconnect_attempts == 6);
  pool.database->silent = false;
  pool.database->up = true;
  pool.advance(16s);
  CHECK(pool->phase() == PoolPhase::serving);
}

TEST_CASE("the next outage begins its backoff anew") {
  FakePool pool(sized(1, 1));
  for (int outage = 0; outage < 2; ++outage) {
    break_database(pool);
    pool.advance(8s);
    pool.database->up = true;
    pool.advance(16s);
    REQUIRE(pool->phase() == PoolPhase::serving);
  }
  std::vector<unsigned> attempts;
  for (const auto& n : pool.observer->all<notice::ReconnectAttempt>()) attempts.push_back(n.attempt);
  CHECK(attempts == std::vector<unsigned>{1, 2, 3, 4, 1, 2, 3, 4});
}

TEST_CASE("waiters stay queued through an outage and are served when it ends") {
  FakePool pool(sized(1, 1));
  break_database(pool);
  bool served = false;
  pool->acquire_async({}, LeasePurpose::work, [&](auto lease, auto) { served = lease.has_value(); });
  pool.advance(10s);
  CHECK_FALSE(served);
  CHECK(pool.now().waiting == 1);
  pool.database->up = true;
  pool.advance(5s);
  CHECK(served);
}

TEST_CASE("however long an outage lasted, the pool grows for those who waited through it") {
  FakePool pool(sized(2, 10));
  break_database(pool);
  std::vector<Lease> served;
  for (int i = 0; i < 8; ++i) {
    pool->acquire_async({.timeout = 60s, .site = {}}, LeasePurpose::work,
                        [&](auto lease, auto) { served.push_back(std::move(*lease)); });
  }
  pool.advance(20s);
  pool.database->up = true;
  pool.advance(16s);
  CHECK(served.size() == 8);
}

TEST_CASE("a refusal of connections that were opened side by side is one failed attempt") {
  auto options = sized(1, 10);
  options.retry_attempts = 1;
  FakePool pool(options);
  const auto held = pool->acquire();
  pool.database->connects_to_fail = 5;
  std::vector<Lease> served;
  for (int i = 0; i < 5; ++i) {
    pool->acquire_async({}, LeasePurpose::work,
                        [&](auto lease, auto) { served.push_back(std::move(*lease)); });
  }
  pool.advance(99ms);
  CHECK(pool.now().connect_failures == 5);
  CHECK(served.empty());
  pool.advance(1ms);
  CHECK(served.size() == 5);
}

TEST_CASE("a recovery does not wait for an attempt that it no longer needs") {
  FakePool pool(sized(1, 3));
  auto lost = pool->acquire();
  pool.database->connect_takes = Duration(2500ms);
  std::vector<Lease> served;
  const auto ask = [&] {
    pool->acquire_async({}, LeasePurpose::work,
                        [&](auto lease, auto) { served.push_back(std::move(*lease)); });
  };
  ask();
  pool.scheduler->run();
  pool.database->silent = true;
  Lease::check_async(std::move(lost), "SELECT 1", [](Lease) {});
  pool.advance(2s);
  REQUIRE(pool->phase() == PoolPhase::recovering);
  pool.database->silent = false;
  ask();
  ask();
  pool.advance(500ms);
  CHECK(pool->phase() == PoolPhase::serving);
  CHECK(served.size() == 1);
  pool.advance(2500ms);
  CHECK(served.size() == 3);
}

TEST_CASE("a connection that its holder throws away is replaced, and is no outage") {
  FakePool pool(sized(1, 1));
  auto lease = pool->acquire();
  lease.discard();
  lease.release();
  pool.scheduler->run();
  CHECK(pool->phase() == PoolPhase::serving);
  CHECK(pool.observer->all<notice::ConnectionLost>().empty());
  CHECK(pool.now().idle == 1);
  CHECK(pool.now().closed.at(index_of(CloseReason::error)) == 1);
}

TEST_CASE("errors and waits that began before the recovery no longer count for health") {
  FakePool pool(sized(1, 1));
  break_database(pool);
  pool->acquire_async({}, LeasePurpose::work, [](auto, auto) {});
  pool.advance(6500ms);
  CHECK(pool.now().errors_recent > 0);
  CHECK(pool.now().wait_judged_peak > 6);
  pool.database->up = true;
  pool.advance(1s);
  REQUIRE(pool->phase() == PoolPhase::serving);
  const auto s = pool.now();
  CHECK(s.errors_recent == 0);
  CHECK(s.wait_judged_peak == doctest::Approx(0));
  CHECK(s.wait_recent_peak == doctest::Approx(7));
  CHECK(s.errors_last_hour > 0);
}

TEST_CASE("a connect that fails while others live is retried soon, and only so often for one acquire") {
  auto options = sized(1, 3);
  options.retry_attempts = 2;
  FakePool pool(options);
  const auto held = pool->acquire();
  pool.database->up = false;
  std::exception_ptr failure;
  pool->acquire_async({.timeout = 20s, .site = {}}, LeasePurpose::work,
                      [&](auto, std::exception_ptr e) { failure = e; });
  pool.advance(19s);
  CHECK(pool.now().connect_failures == 3);
  CHECK(pool->phase() == PoolPhase::serving);
  CHECK(failure == nullptr);
  pool.advance(1s);
  CHECK(failure != nullptr);
}

TEST_CASE("connections that are closed by hand come back only when somebody asks for one") {
  FakePool pool(sized(2, 4));
  std::optional<Lease> lease = pool->acquire();
  const auto result = pool->close_connections();
  CHECK(result.closed_idle == 1);
  CHECK(result.closing_active == 1);
  lease.reset();
  pool.advance(10s);
  CHECK(pool.database->open == 0);
  CHECK(pool.now().closed.at(index_of(CloseReason::closed)) == 2);
  CHECK(pool->phase() == PoolPhase::serving);
  pool->acquire_async({}, LeasePurpose::work, [](auto, auto) {});
  pool.scheduler->run();
  CHECK(pool.now().idle == 2);
}

TEST_CASE("a drain waits for the leases that are out, and then the pool is terminated") {
  FakePool pool(sized(2, 2));
  std::optional<Lease> lease = pool->acquire();
  CHECK_FALSE(pool->drain(0s));
  CHECK(pool->phase() == PoolPhase::shutting_down);
  CHECK(pool.database->open == 1);
  lease.reset();
  CHECK(pool->drain(0s));
  CHECK(pool->phase() == PoolPhase::terminated);
  CHECK(pool.database->open == 0);
  CHECK(pool.now().closed.at(index_of(CloseReason::shutdown)) == 2);
}

TEST_CASE("a connection that was being opened when the pool closed does not stay open") {
  FakePool pool(sized(1, 1), [](auto& db) { db.connect_takes = Duration(1s); });
  pool->shut_down();
  pool.advance(2s);
  CHECK(pool.database->open == 0);
  CHECK(pool.database->most_open == 1);
}

TEST_CASE("a scheduler that stops leaves no connection behind") {
  FakePool pool(sized(2, 2), [](auto& db) { db.connect_takes = Duration(1s); });
  pool.scheduler->stop();
  pool.pool.reset();
  CHECK(pool.database->open == 0);
}
