#include <doctest/doctest.h>

#include "support/fakes/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using dbpool::test::FakePool;

namespace {

constexpr Duration check_interval = 10s;

PoolOptions sized(unsigned min, unsigned max) {
  auto options = test::sized(min, max, Validate::never);
  options.health_check_interval = check_interval;
  return options;
}

/// Checks that the pool has sent no notice and counted nothing that would alarm an operator.
void check_that_it_was_quiet(const FakePool& pool) {
  CHECK(pool.observer->all<notice::ConnectionLost>().empty());
  CHECK(pool.observer->all<notice::Recovered>().empty());
  CHECK(pool.observer->all<notice::Failure>().empty());
  const PoolSnapshot s = pool.now();
  CHECK(s.phase == PoolPhase::serving);
  CHECK(s.errors_recent == 0);
  CHECK(s.errors_last_hour == 0);
  CHECK(s.health_check_failures == 0);
  CHECK(s.reconnect_attempts == 0);
  CHECK(s.last_contact_ok == true);
  CHECK_FALSE(s.last_error_at.has_value());
}

std::uint64_t found_ended(const FakePool& pool) {
  return pool.now().closed.at(index_of(CloseReason::validation)).value();
}

}  // namespace

TEST_CASE("idle connections that the server ended are replaced at their check, quietly and for ever") {
  FakePool pool(sized(3, 5));
  for (unsigned checks = 1; checks <= 20; ++checks) {
    pool.database->restart();
    pool.advance(check_interval + 1s);
    CHECK(found_ended(pool) == checks * 3);
    CHECK(pool.now().idle == 3);
    check_that_it_was_quiet(pool);
  }
  CHECK(pool.observer->all<notice::ConnectionEnded>().size() == 60);
  CHECK(pool.now().created == 63);
}

TEST_CASE("a connection that the server ended is no outage for a pool without a minimum, either") {
  FakePool pool(sized(0, 5));
  pool->acquire_async({}, LeasePurpose::work, [](auto, auto) {});
  pool.scheduler->run();
  pool.database->restart();
  pool.advance(check_interval + 1s);
  CHECK(found_ended(pool) == 1);
  CHECK(pool.now().idle == 1);  // which shows that the database is up
  check_that_it_was_quiet(pool);
}

TEST_CASE("when all have ended and the database refuses new ones, that is an outage at once") {
  for (const unsigned min : {0U, 2U}) {
    CAPTURE(min);
    FakePool pool(sized(min, 5));
    pool->acquire_async({}, LeasePurpose::work, [](auto, auto) {});
    pool.scheduler->run();
    pool.database->up = false;
    pool.advance(check_interval);
    CHECK(pool->phase() == PoolPhase::recovering);
    const auto lost = pool.observer->all<notice::ConnectionLost>();
    REQUIRE(lost.size() == 1);
    CHECK(lost[0].error == "fake database: refused");
    CHECK(pool.now().last_contact_ok == false);
    CHECK(pool.now().errors.at(index_of(ErrorKind::validation)) == 0);
    CHECK(pool.now().errors.at(index_of(ErrorKind::connect)) > 0);
    pool.database->up = true;
    pool.advance(1s);
    CHECK(pool->phase() == PoolPhase::serving);
  }
}

TEST_CASE("when all have ended and a connect hangs, that is an outage one validation timeout later") {
  auto options = sized(1, 1);
  options.connect_timeout = 6s;
  FakePool pool(options);
  pool.database->restart();
  pool.database->connect_takes = Duration(1h);
  pool.advance(check_interval + 1999ms);
  CHECK(pool->phase() == PoolPhase::serving);
  pool.advance(1ms);
  CHECK(pool->phase() == PoolPhase::recovering);
  CHECK(pool.observer->all<notice::ConnectionLost>().size() == 1);
  CHECK(pool.now().opening == 1);  // one is being opened; there is no room for another
  pool.database->connect_takes = Duration::zero();
  pool.advance(4s);
  CHECK(pool->phase() == PoolPhase::serving);
  CHECK(pool.observer->all<notice::ConnectionLost>().size() == 1);
  CHECK(pool.database->most_open == 1);
}

TEST_CASE("a slow connect is waited for as long as a check may take") {
  FakePool pool(sized(2, 2));
  pool.database->restart();
  pool.database->connect_takes = Duration(1900ms);
  pool.advance(check_interval + 1h);
  check_that_it_was_quiet(pool);
  CHECK(pool.now().idle == 2);
}

TEST_CASE("a database that was refusing connects is away when the last connection has ended") {
  auto options = sized(1, 3);
  options.retry_attempts = 0;
  FakePool pool(options);
  auto held = pool->acquire();
  pool.database->up = false;
  pool->acquire_async({}, LeasePurpose::work, [](auto, auto) {});
  pool.scheduler->run();
  REQUIRE(pool->phase() == PoolPhase::serving);
  CHECK_THROWS(held.execute("SELECT 1"));
  held.release();
  CHECK(pool->phase() == PoolPhase::recovering);
}

TEST_CASE("callers who come while all are being replaced get a new connection in time") {
  FakePool pool(sized(2, 2));
  pool.database->connect_takes = Duration(300ms);
  pool.database->restart();
  pool.advance(check_interval);
  unsigned served = 0;
  for (int i = 0; i < 5; ++i) {
    pool->acquire_async({.timeout = 1s, .site = {}}, LeasePurpose::work,
                        [&](std::optional<Lease> lease, auto) { served += lease ? 1 : 0; });
  }
  pool.advance(300ms);
  CHECK(served == 5);
  check_that_it_was_quiet(pool);
  CHECK(pool.now().acquisitions == pool.now().releases);
}

TEST_CASE("a validation that finds the connection ended costs its caller nothing but time") {
  for (const Validate when : {Validate::always, Validate::stale}) {
    auto options = sized(2, 2);
    options.validate = when;
    FakePool pool(options);
    pool.clock->advance(1s);
    pool.database->restart();
    std::thread caller([&] { pool->acquire().execute("SELECT 1"); });
    while (pool.now().releases != 1U) {
      pool.scheduler->run();
      std::this_thread::yield();
    }
    caller.join();
    CHECK(found_ended(pool) == 2);  // the other one has been checked as well
    CHECK(pool.now().idle == 2);
    check_that_it_was_quiet(pool);
  }
}

TEST_CASE("a statement that meets an ended connection is its caller's error, and no outage") {
  FakePool pool(sized(2, 2));
  pool.clock->advance(1s);
  pool.database->restart();
  auto lease = pool->acquire();
  CHECK_THROWS_AS(lease.execute("SELECT 1"), DriverError);
  CHECK(lease.has_ended());
  lease.release();
  pool.scheduler->run();
  const PoolSnapshot s = pool.now();
  CHECK(s.phase == PoolPhase::serving);
  CHECK(s.errors.at(index_of(ErrorKind::network)) == 1);
  CHECK(s.errors.at(index_of(ErrorKind::validation)) == 0);
  CHECK(s.closed.at(index_of(CloseReason::error)) == 1);
  CHECK(s.closed.at(index_of(CloseReason::validation)) == 1);
  CHECK(s.idle == 2);
  CHECK(pool.observer->all<notice::ConnectionLost>().empty());
}

TEST_CASE("a connection that ends as soon as it is open was not idle, and counts as an error") {
  FakePool pool(sized(1, 1));
  pool.clock->advance(500ms);
  pool.database->restart();
  std::optional<Lease> lease = pool->acquire();
  Lease::check_async(std::move(*lease), "SELECT 1", [](Lease) {});
  pool.scheduler->run();
  CHECK(pool.now().errors.at(index_of(ErrorKind::validation)) == 1);
  CHECK(pool.now().health_check_failures == 1);
  CHECK(pool->phase() == PoolPhase::serving);
}
