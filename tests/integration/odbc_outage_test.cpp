#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "dbpool/pool/pool.hpp"
#include "ended_sessions.hpp"
#include "event_witness.hpp"
#include "odbc_calls.hpp"
#include "support/servers/hostile_server.hpp"

using namespace dbpool;

TEST_CASE(
    "over ODBC, a server that refuses, hangs, resets or talks nonsense holds nobody beyond the deadline") {
  const auto threads = odbc_threads();
  for (const Hostility hostility : {Hostility::refuse, Hostility::reset, Hostility::garbage}) {
    const HostileServer hostile(hostility);
    const DriverError error =
        failure([&] { connect(*odbc(odbc_postgres(hostile.port(), "PWD=hunter2;"), threads), in(10s)); });
    CHECK(error.kind() == ErrorKind::connect);
    CHECK_FALSE(contains(error.what(), "hunter2"));
  }
  for (const Hostility hostility : {Hostility::black_hole, Hostility::silent, Hostility::drip}) {
    const HostileServer hostile(hostility);
    const TimePoint begin = now();
    const DriverError error =
        failure([&] { connect(*odbc(odbc_postgres(hostile.port(), "PWD=hunter2;"), threads), in(300ms)); });
    CHECK(error.kind() == ErrorKind::timeout);
    CHECK(contains(error.what(), ": no answer in time"));
    CHECK(now() - begin >= 300ms);
    CHECK(now() - begin < stretched(1300ms));
  }
  CHECK(all_gone(*threads));
}

TEST_CASE("over ODBC, a stopped server holds nobody, not even who closes, and few threads until it goes on") {
  PostgresServer stopped;
  const auto threads = odbc_threads({.threads = 6, .per_driver = 4});
  const auto driver = odbc(odbc_postgres(stopped.port()), threads);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 8; ++i) connections.push_back(connect(*driver, in(10s)));
  stopped.freeze();
  for (const auto& connection : connections) {
    const TimePoint begin = now();
    CHECK(failure([&] { ping(*connection, "SELECT 1", 200ms); }).kind() == ErrorKind::timeout);
    CHECK(now() - begin < stretched(1200ms));
    CHECK(connection->is_broken());
    CHECK(threads->count() <= 4 + OdbcThreads::cancelling);
  }
  const DriverError late = failure([&] { connect(*driver, in(200ms)); });
  CHECK(late.kind() == ErrorKind::timeout);
  CHECK(contains(late.what(), "no thread was free for it by its deadline"));
  const TimePoint closing = now();
  connections.clear();
  CHECK(now() - closing < stretched(500ms));
  stopped.thaw();
  CHECK(all_gone(*threads));
  CHECK(stopped.query("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND "
                      "application_name <> 'fixture'") == "0");
  CHECK(value(*connect(*driver, in(10s)), "SELECT 1") == "1");
}

TEST_CASE("over ODBC, a stopped server leaves threads to the other drivers") {
  PostgresServer stopped;
  const auto threads = odbc_threads({.threads = 3, .per_driver = 2});
  const auto driver = odbc(odbc_postgres(stopped.port()), threads);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 4; ++i) connections.push_back(connect(*driver, in(10s)));
  stopped.freeze();
  for (const auto& connection : connections) {
    CHECK(failure([&] { ping(*connection, "SELECT 1", 100ms); }).kind() == ErrorKind::timeout);
  }
  const auto other = connect(*odbc(odbc_sqlite(":memory:"), threads), in(10s));
  CHECK(value(*other, "SELECT 1") == "1");
  stopped.thaw();
}

TEST_CASE("over ODBC, a killed server breaks its connections and takes new ones when it is back") {
  PostgresServer killed;
  const auto connection = open_odbc(odbc_postgres(killed.port()));
  killed.kill();
  const DriverError lost = failure_of(*connection, "SELECT 'hunter2'");
  CHECK(lost.kind() == ErrorKind::network);
  CHECK_FALSE(contains(lost.what(), "hunter2"));
  CHECK(connection->is_broken());
  CHECK(failure([&] { open_odbc(odbc_postgres(killed.port())); }).kind() == ErrorKind::connect);
  killed.start();
  CHECK(value(*open_odbc(odbc_postgres(killed.port())), "SELECT 1") == "1");
}

TEST_CASE("over ODBC, a session that the server has ended is a lost connection") {
  PostgresServer server;
  for (const char* why : {"idle_session_timeout", "administrator"}) {
    CAPTURE(why);
    const auto connection = open_odbc(odbc_postgres(server.port()));
    if (why == std::string("administrator")) {
      end_sessions(server);
    } else {
      ping(*connection, "SET idle_session_timeout = '50ms'");
      REQUIRE(all_sessions_end(server));
    }
    CHECK(failure_of(*connection, "SELECT 1").kind() == ErrorKind::network);
    CHECK(connection->is_broken());
  }
}

TEST_CASE("a pool over ODBC whose idle sessions the server ends serves on, and says nothing of it") {
  PostgresServer server;
  const auto observer = std::make_shared<EventWitness>();
  PoolOptions options;
  options.min_size = 2;
  options.max_size = 4;
  options.connect_timeout = 10s;
  options.validation_timeout = 5s;
  options.validate = Validate::always;
  Pool pool(options, odbc(odbc_postgres(server.port())), Runtime::start(), observer);
  REQUIRE(pool.warm_up(stretched(20s)));
  // A connection that ends at once is a different case.
  const auto have_been_idle = [&] {
    const auto all = pool.connections();
    return pool.snapshot().idle == 2 &&
           std::ranges::all_of(all, [](const auto& connection) { return connection.age > 600ms; });
  };
  for (int times = 0; times < 3; ++times) {
    REQUIRE(eventually(have_been_idle, 20s));
    end_sessions(server);
    CHECK(value(pool.acquire().connection(), "SELECT 42") == "42");
  }
  CHECK(pool.phase() == PoolPhase::serving);
  CHECK(observer->alarms() == 0);
}

TEST_CASE("a pool over ODBC lives through an outage and leaves no thread behind") {
  PostgresServer server;
  const auto threads = odbc_threads();
  {
    PoolOptions options;
    options.min_size = 2;
    options.max_size = 4;
    options.acquire_timeout = 20s;
    options.connect_timeout = 10s;
    options.validation_timeout = 5s;
    options.health_check_interval = 200ms;
    Pool pool(options, odbc(odbc_postgres(server.port()), threads), Runtime::start());
    REQUIRE(pool.warm_up(stretched(20s)));
    CHECK(value(pool.acquire().connection(), "SELECT 42") == "42");
    server.kill();
    CHECK(eventually([&] { return pool.phase() == PoolPhase::recovering; }, 10s));
    server.start();
    CHECK(eventually([&] { return pool.phase() == PoolPhase::serving; }, 30s));
    CHECK(value(pool.acquire().connection(), "SELECT 43") == "43");
  }
  CHECK(all_gone(*threads));
  CHECK(all_sessions_end(server));
}

TEST_CASE("a pool over ODBC lends its connections to more callers than there are threads") {
  PoolOptions options;
  options.min_size = 8;
  options.max_size = 8;
  options.acquire_timeout = 20s;
  const auto threads = odbc_threads({.threads = 3, .per_driver = 2});
  Pool pool(options, odbc(odbc_sqlite(":memory:"), threads), Runtime::start());
  REQUIRE(pool.warm_up(stretched(20s)));
  std::vector<std::jthread> callers;
  std::atomic<int> done = 0;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int k = 0; k < 20; ++k) {
        Lease lease = pool.acquire();
        if (lease.execute("SELECT 1").rows.size() == 1) ++done;
      }
    });
  }
  callers.clear();
  CHECK(done == 160);
  CHECK(threads->count() <= 3);
}
