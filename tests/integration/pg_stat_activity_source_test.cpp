#include <map>

#include "ended_sessions.hpp"
#include "postgres_calls.hpp"
#include "sources/pg_stat_activity/pg_stat_activity.hpp"
#include "support/probed_target.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;

namespace {

PostgresServer& server() {
  static PostgresServer one;
  return one;
}

std::string shop(const std::string& application = "shop") {
  return server().dsn() + " application_name='" + application + "'";
}

struct Target : ProbedTarget {
  explicit Target(const StatActivityOptions& options = {}, const std::string& dsn = server().dsn())
      : ProbedTarget{pg_stat_activity_probe("srv", options, postgres_driver(DsnSource(Dsn(dsn))))} {}
  PoolSnapshot pool(const std::string& name) const { return test::pool_if_any(read(), name); }
};

/// A statement that runs until it is released.
struct Sleeper {
  explicit Sleeper(const std::string& dsn)
      : connection(open(dsn)), query(connection->start_query("SELECT pg_sleep(60)", in(60s))) {
    query->advance(now());
  }
  std::unique_ptr<Connection> connection;
  std::unique_ptr<Operation> query;
};

}  // namespace

TEST_CASE("an application's sessions are one pool by state") {
  const auto first = open(shop()), second = open(shop()), transaction = open(shop());
  transaction->execute("BEGIN", in(5s));
  const Sleeper active(shop());
  const Target target;
  const std::string name = "srv/postgres/postgres/shop";
  REQUIRE(eventually([&] { return target.pool(name).active == 2U; }));
  const PoolSnapshot pool = target.pool(name);
  CHECK(pool.idle == 2U);
  CHECK(pool.info.driver == "postgres");
  CHECK(pool.info.database == "postgres");
  CHECK(pool.info.user == "postgres");
  CHECK(pool.leaked == 0U);
  CHECK(pool.oldest_transaction.value() > 0);
  CHECK(pool.oldest_transaction.value() < 60);
  CHECK_FALSE(pool.max);
  CHECK_FALSE(pool.unknown);
}

TEST_CASE("our own session and the server's workers are not among them") {
  const auto session = open(shop());
  const Target target({}, shop("ourselves"));
  target.read();
  const auto result = target.read();
  CHECK_FALSE(result.pools.empty());
  for (const PoolSnapshot& pool : result.pools) {
    CAPTURE(pool.label());
    if (pool.key.scope() == PoolScope::target) continue;
    CHECK(pool.label().starts_with("srv/postgres/postgres/"));
    CHECK_FALSE(contains(pool.label(), "ourselves"));
  }
}

TEST_CASE("a session that stays idle in a transaction is a suspected leak until it goes on") {
  const auto holder = open(shop("leaky"));
  const std::string pid = value(*holder, "SELECT pg_backend_pid()");
  StatActivityOptions options;
  options.leak_after = 300ms;
  const Target target(options);
  const std::string name = "srv/postgres/postgres/leaky";
  CHECK(target.pool(name).leaked == 0U);
  holder->execute("BEGIN", in(5s));
  holder->execute("SELECT 'hunter2'", in(5s));
  REQUIRE(eventually([&] { return target.pool(name).leaked == 1U; }));
  const auto leaks = target.read().leaks.at(name);
  REQUIRE(leaks.size() == 1);
  CHECK(leaks[0].connection_id == pid);
  CHECK(leaks[0].held >= 300ms);
  CHECK(leaks[0].held < 60s);
  CHECK(leaks[0].site == "leaky");
  REQUIRE(leaks[0].session);
  CHECK(std::to_string(leaks[0].session->pid) == pid);
  CHECK(leaks[0].session->client == "127.0.0.1");
  CHECK(leaks[0].session->state == "idle in transaction");
  CHECK_FALSE(leaks[0].session->query);
  const auto since = std::chrono::system_clock::now() - leaks[0].session->last_query_start.value();
  CHECK(since < 60s);
  CHECK(since > -1s);

  options.show_query = true;
  CHECK(Target(options).read().leaks.at(name).at(0).session->query == "SELECT 'hunter2'");
  CHECK_THROWS_AS(holder->execute("SELECT nonsense", in(5s)), DriverError);
  CHECK(eventually([&] {
    const auto again = target.read().leaks;
    return again.contains(name) && again.at(name).at(0).session->state == "idle in transaction (aborted)";
  }));
  holder->execute("ROLLBACK", in(5s));
  CHECK(eventually([&] { return target.pool(name).leaked == 0U; }));
}

TEST_CASE("groups are what is configured, and the smallest go to other") {
  const auto a = open(shop("many")), b = open(shop("many")), c = open(shop("few")), d = open(shop("one"));
  StatActivityOptions options;
  options.group_by = {"application_name", "client_addr"};
  options.limit = 1;
  const Target target(options);
  REQUIRE(eventually([&] { return target.pool("srv/many/127.0.0.1").total() == 2U; }));
  const auto result = target.read();
  REQUIRE(result.pools.size() == 3);
  CHECK(result.pools[1].label() == "srv/other");
  CHECK(result.pools[1].total() >= 2U);
  CHECK(result.pools[2].label() == "srv");
  options.group_by = {"client_hostname"};
  CHECK(Target(options).pool("srv/-").total() >= 4U);
}

TEST_CASE("a role that may not see others' sessions knows their number only, and pg_monitor knows all") {
  server().query("CREATE ROLE watcher LOGIN");
  const auto holder = open(shop("hidden"));
  holder->execute("BEGIN", in(5s));
  std::string dsn = server().dsn();
  dsn.replace(dsn.find("user=postgres"), 13, "user=watcher");
  const Target target({}, dsn + " dbname=postgres");
  const std::string name = "srv/postgres/postgres/hidden";
  const PoolSnapshot hidden = target.pool(name);
  CHECK(hidden.unknown == 1U);
  CHECK_FALSE(hidden.active);
  CHECK_FALSE(hidden.leaked);
  CHECK_FALSE(hidden.oldest_transaction);
  server().query("GRANT pg_monitor TO watcher");
  CHECK(target.pool(name).active == 1U);
  CHECK_FALSE(target.pool(name).unknown);
}

TEST_CASE("names with quotes, slashes and letters of any language are told as they are") {
  server().query("CREATE DATABASE \"we\"\"ird/dä'ta\"");
  std::string dsn = server().dsn();
  dsn.replace(dsn.find("dbname=postgres"), 15, "dbname='we\"ird/dä\\'ta'");
  const auto session = open(dsn + " application_name='%s\\'; DROP'");
  CHECK(Target().pool("srv/we\"ird/dä'ta/postgres/%s'; DROP").total() == 1U);
}

TEST_CASE("a server that restarts is read again") {
  PostgresServer own;
  const Target target({}, own.dsn());
  CHECK(test::only_pool(target.read()).label() == "srv");
  own.stop();
  CHECK_THROWS_AS(target.read(), Error);
  own.start();
  CHECK_NOTHROW(target.read());
}

TEST_CASE("a session of ours that the server has ended between two readings costs none of them") {
  PostgresServer own;
  const Target timed_out({}, own.dsn() + " options='-c idle_session_timeout=100ms'");
  for (int readings = 0; readings < 3; ++readings) {
    CHECK_NOTHROW(timed_out.read());
    REQUIRE(all_sessions_end(own));
  }
  const Target terminated({}, own.dsn());
  for (int readings = 0; readings < 3; ++readings) {
    CHECK_NOTHROW(terminated.read());
    end_sessions(own);
  }
  own.restart();
  CHECK_NOTHROW(terminated.read());
  own.stop();
  CHECK_THROWS_AS(terminated.read(), DriverError);
  own.start();
  CHECK_NOTHROW(terminated.read());
}
