#include <doctest/doctest.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "dbpool/drivers/postgres.hpp"
#include "sources/pgbouncer/pgbouncer.hpp"
#include "sources/probed_source.hpp"
#include "sources/synthetic/synthetic.hpp"
#include "support/eventually.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/pooler_clients.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using test::pool_if_any;

namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

std::shared_ptr<Driver> driver_to(const std::string& dsn) {
  return postgres_driver(DsnSource(Dsn(dsn)));
}

/// A PgBouncer in front of a PostgreSQL, and a probe that reads it.
struct Bouncer : AppBouncer {
  explicit Bouncer(const std::string& keys = "pool_size=2", std::vector<std::string> settings = {})
      : AppBouncer(keys, std::move(settings)),
        probe(pgbouncer_probe("pgb", {.dsn = {}, .clients = true, .synthetic = {}},
                              driver_to(pooler.console()))) {}

  ProbeResult read() {
    const auto reading = probe->start_read(Deadline(now() + stretched(5s)));
    run_here(*reading);
    return reading->take();
  }
  PoolSnapshot pool(const std::string& name = "pgb/app/alice") { return pool_if_any(read(), name); }
  /// Returns the most clients that wait at once within `duration`.
  std::uint64_t most_waiting(Duration duration) {
    std::uint64_t most = 0;
    for (const TimePoint end = now() + duration; now() < end; std::this_thread::sleep_for(200ms))
      most = std::max(most, pool().clients_waiting.value_or(0));
    return most;
  }
  PoolerClient client(double sleeps, const std::string& user = "alice") const {
    return {pooler.dsn("app", user), sleeps};
  }

  std::unique_ptr<Probe> probe;
};

/// Returns the console's count of connections unused for longer than server_check_delay.
std::string used_servers(const std::string& console) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> conn(PQconnectdb(console.c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> pools(PQexec(conn.get(), "SHOW POOLS"), PQclear);
  for (int row = 0; row < PQntuples(pools.get()); ++row) {
    if (std::string(PQgetvalue(pools.get(), row, 0)) == "app")
      return PQgetvalue(pools.get(), row, PQfnumber(pools.get(), "sv_used"));
  }
  return "";
}

/// A PgBouncer source with a synthetic client.
struct Measured {
  Measured(Bouncer& bouncer, Duration timeout)
      : source(std::make_shared<ProbedSource>(
                   ProbeOptions{"pgb", SourceKind::pgbouncer, Duration(100ms), stretched(2s), 500},
                   pgbouncer_probe("pgb", {}, driver_to(bouncer.pooler.console())), runtime, nullptr),
               driver_to(bouncer.pooler.dsn("app", "alice")), SyntheticPace{Duration(100ms), timeout},
               runtime) {}

  PoolSnapshot pool(const std::string& name = "pgb/app/alice") const {
    return pool_if_any(*source.read(), name);
  }
  std::uint64_t acquisitions() const { return pool().acquisitions.value_or(0); }
  /// Returns the pool once the client knows its mode. Until then it connects for each acquisition, and that
  /// may be several: the first reading of the pooler can take longer than they do.
  PoolSnapshot settled() const {
    REQUIRE(eventually([&] { return pool().pool_mode == "transaction"; }, 20s));
    const std::uint64_t unsettled = acquisitions();  // after the last of them, the mode may not be known yet
    REQUIRE(eventually([&] { return acquisitions() > unsettled; }, 20s));
    return pool();
  }

  Runtime runtime = Runtime::start(2);
  Synthetic source;
};

}  // namespace

TEST_CASE("a pool of two with four sleeping clients: two active, two waiting, and for how long") {
  Bouncer bouncer("pool_size=2", {"pool_mode=transaction", "max_client_conn=5"});
  std::vector<PoolerClient> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(bouncer.client(60));
  REQUIRE(eventually([&] { return bouncer.pool().waiting == 2 && *bouncer.pool().oldest_waiter > 1; }, 20s));

  const auto age = [&] { return std::chrono::duration<double>(now() - clients[2].asked()).count(); };
  const double youngest = age();
  const PoolSnapshot pool = bouncer.pool();
  const double oldest = age();
  CHECK(pool.active == 2);
  CHECK(pool.idle == 0);
  CHECK(pool.max == 2);
  CHECK(pool.clients_active == 2);
  CHECK(pool.clients_waiting == 2);
  CHECK(*pool.oldest_waiter >= youngest - 0.5);
  CHECK(*pool.oldest_waiter <= oldest + 0.5);
  CHECK(bouncer.pool("pgb/app/alice/-").clients_waiting == 2);
}

TEST_CASE("a client beyond max_client_conn is refused, and the console still answers") {
  Bouncer bouncer("pool_size=2", {"max_client_conn=4"});
  std::vector<PoolerClient> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(bouncer.client(60));
  CHECK_THROWS_AS(bouncer.client(1), std::runtime_error);
  const PoolSnapshot pool = bouncer.pool();  // over a connection that is opened now
  CHECK(*pool.clients_active + *pool.clients_waiting == 4);
}

TEST_CASE("a user's limit bounds the pool, which is saturated when it is used up and clients wait") {
  Bouncer bouncer("pool_size=20", {"pool_mode=transaction", "max_user_connections=2"});
  std::vector<PoolerClient> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(bouncer.client(60));
  REQUIRE(eventually([&] { return bouncer.pool().waiting == 6 && bouncer.pool().active == 2; }, 20s));
  const PoolSnapshot pool = bouncer.pool();
  CHECK(pool.max == 2);
  CHECK(pool.saturated);
  CHECK(pool.limited_by == "max_user_connections");
}

TEST_CASE("two users who have used up their database's limit are both saturated while they wait") {
  Bouncer bouncer("pool_size=20", {"pool_mode=transaction", "max_db_connections=4"});
  std::vector<PoolerClient> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(bouncer.client(60));
  REQUIRE(eventually([&] { return bouncer.pool().active == 3; }, 20s));
  clients.push_back(bouncer.client(60, "bob"));
  REQUIRE(eventually([&] { return bouncer.pool("pgb/app/bob").active == 1; }, 20s));
  CHECK_FALSE(bouncer.pool().saturated);  // without a waiter
  for (int i = 0; i < 2; ++i) clients.push_back(bouncer.client(60));
  clients.push_back(bouncer.client(60, "bob"));
  const auto waiting = [&](const char* pool) { return bouncer.pool(pool).waiting; };
  REQUIRE(eventually([&] { return waiting("pgb/app/alice") == 2 && waiting("pgb/app/bob") == 1; }, 20s));
  for (const char* name : {"pgb/app/alice", "pgb/app/bob"}) {
    CAPTURE(name);
    const PoolSnapshot pool = bouncer.pool(name);
    CHECK(pool.max == 4);
    CHECK(pool.saturated);
    CHECK(pool.limited_by == "max_db_connections");
  }
}

TEST_CASE("a user that the entries of two databases name has its limit in each of them") {
  Bouncer bouncer("pool_size=20 user=bob");
  const std::string entry =
      " = host=127.0.0.1 port=" + std::to_string(bouncer.server.port()) + " dbname=postgres user=bob\n";
  const PgBouncerServer pooler({.databases = "one" + entry + "two" + entry,
                                .settings = {"pool_mode=transaction", "max_user_connections=2"}});
  bouncer.probe = pgbouncer_probe("pgb", {}, driver_to(pooler.console()));
  std::vector<PoolerClient> clients;
  for (int i = 0; i < 3; ++i) clients.emplace_back(pooler.dsn("one", "alice"), 60);
  for (int i = 0; i < 2; ++i) clients.emplace_back(pooler.dsn("two", "alice"), 60);
  const auto has = [&](const char* name, unsigned active, unsigned waiting) {
    const PoolSnapshot pool = bouncer.pool(name);
    return pool.active == active && pool.waiting == waiting;
  };
  REQUIRE(eventually([&] { return has("pgb/one/bob", 2, 1) && has("pgb/two/bob", 2, 0); }, 20s));
  CHECK(bouncer.pool("pgb/one/bob").max == 2);
  CHECK(bouncer.pool("pgb/one/bob").saturated);
  CHECK_FALSE(bouncer.pool("pgb/two/bob").saturated);
}

TEST_CASE("a pooler that refuses clients shows that it has all that it takes, our own among them") {
  Bouncer bouncer("pool_size=20", {"pool_mode=transaction", "max_client_conn=6"});
  CHECK(bouncer.pool("pgb").clients_used == 1);
  std::vector<PoolerClient> clients;
  int refused = 0;
  for (int i = 0; i < 12; ++i) {
    try {
      clients.push_back(bouncer.client(60));
    } catch (const std::runtime_error&) {
      ++refused;
    }
  }
  CHECK(refused == 7);
  const PoolSnapshot front = bouncer.pool("pgb");
  CHECK(front.clients_max == 6);
  CHECK(front.clients_used == 6);
}

TEST_CASE("a connection that was quiet for longer than server_check_delay is idle, and none is checked") {
  Bouncer bouncer("pool_size=2", {"pool_mode=transaction", "server_check_delay=1"});
  bouncer.client(0).wait();
  CHECK(bouncer.pool().idle == 1);
  REQUIRE(eventually([&] { return used_servers(bouncer.pooler.console()) == "1"; }, 20s));
  const PoolSnapshot pool = bouncer.pool();
  CHECK(pool.idle == 1);
  CHECK(pool.checking == 0);
}

TEST_CASE("a database that is paused says so, until it is resumed") {
  Bouncer bouncer;
  CHECK(bouncer.pool("pgb/app").paused != true);
  bouncer.pooler.command("PAUSE app");
  CHECK(bouncer.pool("pgb/app").paused == true);
  CHECK(bouncer.pool("pgb/app").disabled == false);
  bouncer.pooler.command("RESUME app");
  bouncer.pooler.command("DISABLE app");
  CHECK(bouncer.pool("pgb/app").paused != true);
  CHECK(bouncer.pool("pgb/app").disabled == true);
}

TEST_CASE("a pool whose server is gone is known to have failed to connect once a client has waited") {
  Bouncer bouncer("pool_size=2",
                  {"pool_mode=transaction", "server_login_retry=60", "server_connect_timeout=60"});
  const PoolerClient first = bouncer.client(0);
  REQUIRE(eventually([&] { return bouncer.pool().idle == 1; }, 20s));
  bouncer.server.stop();
  const PoolerClient second = bouncer.client(0);
  CHECK(eventually([&] { return bouncer.pool().last_connect_ok == false; }, 20s));
  CHECK(bouncer.pool().waiting == 1);
}

TEST_CASE("a synthetic acquisition shows the wait for a server that others hold") {
  Bouncer bouncer("pool_size=1", {"pool_mode=transaction"});
  const Measured measured(bouncer, stretched(20s));
  const PoolSnapshot settled = measured.settled();
  REQUIRE(eventually([&] { return measured.acquisitions() >= *settled.acquisitions + 5; }, 20s));
  const PoolSnapshot before = measured.pool();
  CHECK(before.connect_duration->count() == settled.connect_duration->count());
  CHECK(before.connect_failures == 0);
  CHECK(before.acquisition_timeouts == 0);

  const PoolerClient holder = bouncer.client(1.5);
  CHECK(eventually([&] { return *measured.pool().wait_recent_peak > 0.5; }, 20s));
  CHECK(eventually([&] { return measured.pool().acquisition_duration->sum_seconds() > 1; }, 20s));
  const PoolSnapshot after = measured.pool();
  CHECK(after.acquisitions == after.acquisition_duration->count());
  CHECK(after.acquisitions == after.releases);
  CHECK(after.acquisition_duration->quantile(1) > 1);
}

TEST_CASE("a synthetic acquisition that finds no server in time is a timeout, and others follow it") {
  Bouncer bouncer("pool_size=1", {"pool_mode=transaction"});
  const Measured measured(bouncer, 300ms);
  REQUIRE(eventually([&] { return measured.acquisitions() >= 1; }, 20s));
  const PoolerClient holder = bouncer.client(3);
  CHECK(eventually([&] { return measured.pool().acquisition_timeouts.value_or(0) >= 2; }, 20s));
  const auto acquired = measured.acquisitions();
  CHECK(eventually([&] { return measured.acquisitions() > acquired; }, 20s));
}

TEST_CASE("in session mode the synthetic client connects each time and holds no server between") {
  Bouncer bouncer("pool_size=1", {"pool_mode=session"});
  const Measured measured(bouncer, stretched(5s));
  REQUIRE(eventually([&] { return measured.acquisitions() >= 3; }, 20s));
  const PoolSnapshot pool = measured.pool();
  CHECK(pool.connect_duration->count() >= *pool.acquisitions);
  CHECK(eventually([&] { return bouncer.pool().clients_active == 0 && bouncer.pool().active == 0; }, 20s));
}

TEST_CASE("while others hold the server, one client of ours waits in PgBouncer, and is served afterwards") {
  for (const auto& [mode, held] : {std::pair("transaction", 20s), std::pair("session", 5s)}) {
    CAPTURE(mode);
    Bouncer bouncer("pool_size=1", {std::string("pool_mode=") + mode});
    const Measured measured(bouncer, 300ms);
    REQUIRE(eventually([&] { return measured.acquisitions() >= 1; }, 20s));
    std::optional<PoolerClient> holder(bouncer.client(60));
    REQUIRE(eventually([&] { return bouncer.pool().waiting == 1; }, 20s));
    CHECK(bouncer.most_waiting(held) == 1);
    CHECK(*measured.pool().acquisition_timeouts >= 1);
    CHECK(*measured.pool().wait_recent_peak > 4);
    const auto acquired = measured.acquisitions();
    holder.reset();
    CHECK(eventually([&] { return measured.acquisitions() >= acquired + 3; }, 20s));
  }
}

TEST_CASE("a client of ours whose login has to wait is the only one") {
  Bouncer bouncer("pool_size=1", {"pool_mode=transaction", "max_db_connections=1"});
  std::optional<PoolerClient> holder(std::in_place, bouncer.pooler.dsn("app", "bob"), 60);
  const Measured measured(bouncer, 300ms);
  REQUIRE(eventually([&] { return bouncer.pool().waiting == 1; }, 20s));
  CHECK(bouncer.most_waiting(5s) == 1);
  CHECK(measured.pool().connect_failures == 1);
  holder.reset();
  CHECK(eventually([&] { return measured.acquisitions() >= 3; }, 20s));
}

TEST_CASE("synthetic acquisitions stand with the user that the pooler logs in as") {
  Bouncer bouncer("pool_size=1 user=bob", {"pool_mode=transaction"});
  const Measured measured(bouncer, stretched(5s));
  CHECK(eventually([&] { return measured.pool("pgb/app/bob").acquisitions.value_or(0) >= 2; }, 20s));
  CHECK(measured.pool("pgb/app/bob").configured == 1);
  CHECK(measured.pool("pgb/app/alice").label().empty());
}

TEST_CASE("a PgBouncer that was restarted between two readings is read as if nothing had been") {
  Bouncer bouncer;
  REQUIRE_FALSE(bouncer.read().pools.empty());
  for (int times = 0; times < 3; ++times) {
    bouncer.pooler.kill();
    bouncer.pooler.start();
    CHECK_NOTHROW(bouncer.read());
  }
  bouncer.pooler.kill();
  CHECK_THROWS_AS(bouncer.read(), DriverError);
  bouncer.pooler.start();
  CHECK_NOTHROW(bouncer.read());
}

TEST_CASE("what PgBouncer ends a client with is a lost connection, not the statement's fault") {
  Bouncer bouncer("pool_size=1", {"pool_mode=transaction", "query_wait_timeout=1"});
  const auto deadline = [] { return Deadline(now() + stretched(10s)); };
  const auto holder = connect(*driver_to(bouncer.pooler.dsn("app", "alice")), deadline());
  holder->execute("BEGIN", deadline());
  const auto waiter = connect(*driver_to(bouncer.pooler.dsn("app", "alice")), deadline());
  try {
    waiter->execute("SELECT 1", deadline());
    FAIL("nothing was thrown");
  } catch (const DriverError& error) {
    CHECK(error.kind() == ErrorKind::network);
    CHECK(error.sqlstate() == "08P01");
    CHECK(waiter->is_broken());
  }
}

TEST_CASE("a synthetic client that PgBouncer sends away when idle connects again, and that is no failure") {
  Bouncer bouncer("pool_size=2", {"pool_mode=transaction", "client_idle_timeout=1"});
  const auto runtime = Runtime::start(2);
  const Synthetic source(
      std::make_shared<ProbedSource>(
          ProbeOptions{"pgb", SourceKind::pgbouncer, Duration(200ms), stretched(2s), 500},
          pgbouncer_probe("pgb", {}, driver_to(bouncer.pooler.console())), runtime, nullptr),
      driver_to(bouncer.pooler.dsn("app", "alice")), SyntheticPace{2500ms, stretched(20s)}, runtime);
  const auto pool = [&] { return pool_if_any(*source.read(), "pgb/app/alice"); };
  CHECK(eventually([&] { return pool().acquisitions.value_or(0) >= 4; }, 40s));
  CHECK(pool().connect_duration->count() >= 3);
  CHECK(pool().acquisition_timeouts == 0);
  CHECK(pool().connect_failures == 0);
  CHECK(pool().errors_recent.value_or(0) == 0);
}
