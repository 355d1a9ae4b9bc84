#include <doctest/doctest.h>

#include "dbpool/pool/pool.hpp"
#include "ended_sessions.hpp"
#include "event_witness.hpp"
#include "postgres_calls.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;

TEST_CASE("a stopped server holds nobody longer than the deadline, and not when the connection closes") {
  PostgresServer stopped;
  auto connection = open(stopped.dsn());
  auto idle = open(stopped.dsn());
  stopped.freeze();
  const TimePoint begin = now();
  CHECK(failure([&] { ping(*connection, "SELECT 1", 300ms); }).kind() == ErrorKind::timeout);
  CHECK(now() - begin < stretched(1300ms));
  CHECK(connection->is_broken());
  CHECK(failure([&] { open(stopped.dsn(), 300ms); }).kind() == ErrorKind::timeout);
  CHECK(now() - begin < stretched(2600ms));
  const TimePoint closing = now();
  connection.reset();
  idle.reset();
  CHECK(now() - closing < stretched(500ms));
  stopped.thaw();
  CHECK(value(*open(stopped.dsn()), "SELECT 1") == "1");
}

TEST_CASE("closing a connection waits for nobody while a statement is half sent") {
  PostgresServer stopped;
  auto connection = open(stopped.dsn());
  stopped.freeze();
  const std::string text(16'000'000, 'x');
  CHECK(failure_of(*connection, "SELECT length('" + text + "')", 200ms).kind() == ErrorKind::timeout);
  const TimePoint closing = now();
  connection.reset();
  CHECK(now() - closing < stretched(500ms));
  stopped.thaw();
}

TEST_CASE("a killed server breaks its connections and takes new ones when it is back") {
  PostgresServer killed;
  const auto connection = open(killed.dsn());
  killed.kill();
  CHECK(failure([&] { ping(*connection, "SELECT 1"); }).kind() == ErrorKind::network);
  CHECK(connection->is_broken());
  CHECK(failure([&] { open(killed.dsn()); }).kind() == ErrorKind::connect);
  killed.start();
  CHECK(value(*open(killed.dsn()), "SELECT 1") == "1");
  killed.stop();
  CHECK(failure([&] { open(killed.dsn()); }).kind() == ErrorKind::connect);
}

TEST_CASE("a session that the server has ended is a lost connection, whatever it was ended for") {
  PostgresServer server;
  const auto idle = open(server.dsn() + " options='-c idle_session_timeout=50ms'");
  REQUIRE(all_sessions_end(server));
  CHECK(failure_of(*idle, "SELECT 1").kind() == ErrorKind::network);
  CHECK(idle->is_broken());

  const auto terminated = open(server.dsn());
  end_sessions(server);
  const DriverError error = failure_of(*terminated, "SELECT 1");
  CHECK(error.kind() == ErrorKind::network);
  CHECK(error.sqlstate() == "57P01");
  CHECK(terminated->is_broken());

  const auto in_transaction = open(server.dsn());
  in_transaction->execute("SET idle_in_transaction_session_timeout = '50ms'", in(5s));
  in_transaction->execute("BEGIN", in(5s));
  REQUIRE(all_sessions_end(server));
  CHECK(failure_of(*in_transaction, "SELECT 1").kind() == ErrorKind::network);
}

TEST_CASE("a pool whose idle sessions the server ends again and again serves on, and says nothing of it") {
  PostgresServer server;
  const auto observer = std::make_shared<EventWitness>();
  PoolOptions options;
  options.min_size = 2;
  options.max_size = 4;
  options.health_check_interval = 2s;
  const auto driver = postgres_driver(DsnSource(Dsn(server.dsn() + " options='-c idle_session_timeout=1s'")));
  Pool pool(options, driver, Runtime::start(), observer);
  REQUIRE(pool.warm_up(stretched(20s)));
  const auto ended = [&] { return pool.snapshot().closed.at(index_of(CloseReason::validation)).value_or(0); };
  CHECK(eventually([&] { return ended() >= 4; }, 40s));
  CHECK(value(pool.acquire().connection(), "SELECT 42") == "42");
  const PoolSnapshot snapshot = pool.snapshot();
  CHECK(snapshot.phase == PoolPhase::serving);
  CHECK(snapshot.last_contact_ok == true);
  CHECK(snapshot.health_check_failures == 0);
  CHECK(snapshot.reconnect_attempts == 0);
  CHECK(snapshot.errors_last_hour == 0);
  CHECK(observer->alarms() == 0);
}

TEST_CASE("a caller meets no connection that was ended while idle") {
  PostgresServer server;
  PoolOptions options;
  options.min_size = 3;
  options.max_size = 3;
  options.validate = Validate::always;
  Pool pool(options, postgres_driver(DsnSource(Dsn(server.dsn()))), Runtime::start());
  REQUIRE(pool.warm_up(stretched(20s)));
  for (int times = 0; times < 5; ++times) {
    REQUIRE(eventually([&] { return pool.snapshot().idle == 3; }, 20s));
    end_sessions(server);
    Lease lease = pool.acquire();
    CHECK(value(lease.connection(), "SELECT 42") == "42");
  }
  CHECK(pool.phase() == PoolPhase::serving);
  const PoolSnapshot snapshot = pool.snapshot();
  CHECK(snapshot.acquisitions == 5);
  CHECK(snapshot.acquisition_timeouts == 0);
}
