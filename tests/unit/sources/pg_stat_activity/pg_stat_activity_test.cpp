#include "sources/pg_stat_activity/pg_stat_activity.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/error.hpp"
#include "support/fakes/fake_driver.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using test::only_pool;

namespace {

using Fields = std::vector<std::optional<std::string>>;

constexpr auto null = std::nullopt;

/// Returns an answer with the default columns of the statement.
QueryResult answer(std::vector<Fields> rows) {
  return {{"group_1", "group_2", "group_3", "total", "idle", "active", "oldest_transaction", "pid", "age",
           "datname", "usename", "application_name", "client", "state", "query_start"},
          std::move(rows),
          0};
}

/// Returns a row as PostgreSQL 15 answers; 10 to 13 have ages like `31.5`, because the type differs there.
Fields group(const std::string& application, int total, int idle, int active) {
  return {"orders",
          "app",
          application,
          std::to_string(total),
          std::to_string(idle),
          std::to_string(active),
          "0.250000",
          null,
          "31.500000",
          "orders",
          "app",
          application,
          "10.0.0.7",
          "idle",
          "1763738000.125"};
}

Fields suspect(const std::string& application, int pid, const std::string& age) {
  return {"orders",
          "app",
          application,
          "1",
          "0",
          "1",
          "400.5",
          std::to_string(pid),
          age,
          "orders",
          "app",
          application,
          "10.0.0.8",
          "idle in transaction",
          "1763738000.125"};
}

ProbeResult parsed(std::vector<Fields> rows, const StatActivityOptions& options = {}) {
  return parse_stat_activity("srv", options, answer(std::move(rows)));
}

}  // namespace

TEST_CASE("a group's sessions are one pool, named after the group's values") {
  const auto result = parsed({group("shop", 5, 3, 2)});
  const PoolSnapshot& pool = only_pool(result);
  CHECK(pool.label() == "srv/orders/app/shop");
  CHECK(pool.info.driver == "postgres");
  CHECK(pool.info.database == "orders");
  CHECK(pool.info.user == "app");
  CHECK(pool.idle == 3U);
  CHECK(pool.active == 2U);
  CHECK(pool.total() == 5U);
  CHECK(pool.oldest_transaction == 0.25);
  CHECK(pool.leaked == 0U);
  CHECK_FALSE(pool.unknown);
  CHECK_FALSE(pool.max);
  CHECK(result.leaks.empty());
}

TEST_CASE("an empty group value is a dash, missing or not") {
  Fields unnamed = group("", 1, 1, 0), unauthenticated = group("", 2, 2, 0);
  unauthenticated[1] = null;
  const auto result = parsed({unnamed, unauthenticated});
  REQUIRE(result.pools.size() == 2);
  CHECK(result.pools[0].label() == "srv/orders/-/-");
  CHECK(result.pools[0].info.user.empty());
  CHECK(result.pools[1].label() == "srv/orders/app/-");
}

TEST_CASE("groups that end up with one name are one pool") {
  Fields left = group("b/c", 2, 1, 1), right = group("c", 3, 1, 2);
  left[1] = "a", right[1] = "a/b";
  const auto result = parsed({left, right});
  CHECK(only_pool(result).label() == "srv/orders/a/b/c");
  CHECK(only_pool(result).total() == 5U);
}

TEST_CASE("a name that is not UTF-8 is made so") {
  CHECK(only_pool(parsed({group("sh\xFFop", 1, 1, 0)})).label() == "srv/orders/app/sh\xEF\xBF\xBDop");
}

TEST_CASE("sessions idle in a transaction for too long are suspected, and the API can name them") {
  const auto result =
      parsed({group("shop", 3, 2, 1), suspect("shop", 4711, "301.5"), suspect("shop", 4712, "399")});
  const PoolSnapshot& pool = only_pool(result);
  CHECK(pool.idle == 2U);
  CHECK(pool.active == 3U);
  CHECK(pool.leaked == 2U);
  CHECK(pool.oldest_transaction == 400.5);
  const auto& leaks = result.leaks.at("srv/orders/app/shop");
  REQUIRE(leaks.size() == 2);
  CHECK(leaks[0].connection_id == "4712");
  CHECK(leaks[0].held == 399s);
  CHECK(leaks[1].lease == 4711);
  CHECK(leaks[1].site == "shop");
  REQUIRE(leaks[1].session);
  CHECK(leaks[1].session->pid == 4711);
  CHECK(leaks[1].session->client == "10.0.0.8");
  CHECK(leaks[1].session->application == "shop");
  CHECK(leaks[1].session->state == "idle in transaction");
  CHECK(leaks[1].session->last_query_start == WallTime(1763738000125ms));
  CHECK_FALSE(leaks[1].session->query);
}

TEST_CASE("the largest groups stay and the others are one, leaks included") {
  StatActivityOptions options;
  options.limit = 2;
  const auto result = parsed({group("a", 1, 1, 0), group("b", 9, 4, 5), group("c", 2, 1, 1),
                              group("d", 8, 8, 0), suspect("a", 7, "500")},
                             options);
  REQUIRE(result.pools.size() == 3);
  CHECK(result.pools[0].label() == "srv/orders/app/b");
  CHECK(result.pools[1].label() == "srv/orders/app/d");
  CHECK(result.pools[2].label() == "srv/other");
  CHECK(result.pools[2].total() == 4U);
  CHECK(result.pools[2].leaked == 1U);
  CHECK(result.pools[2].info.database.empty());
  CHECK(result.leaks.at("srv/other").size() == 1);
  CHECK(result.dropped == 2U);
  CHECK(parsed({group("a", 1, 1, 0)}, options).dropped == 0U);
}

TEST_CASE("a group that is called other takes the rest as well") {
  StatActivityOptions options;
  options.group_by = {"usename"};
  options.limit = 1;
  QueryResult few{{"group_1", "total", "idle", "active", "pid"},
                  {{"other", "5", "5", "0", null}, {"x", "1", "1", "0", null}},
                  0};
  const auto result = parse_stat_activity("srv", options, few);
  CHECK(only_pool(result).label() == "srv/other");
  CHECK(only_pool(result).total() == 6U);
  CHECK(result.dropped == 1U);
}

TEST_CASE("of sessions that the role may not see only the number is known") {
  const auto result = parsed({group("hidden", 4, 0, 0), group("mixed", 4, 1, 2)});
  REQUIRE(result.pools.size() == 2);
  const PoolSnapshot& hidden = result.pools[0];
  CHECK(hidden.unknown == 4U);
  CHECK(hidden.total() == 4U);
  CHECK_FALSE(hidden.idle);
  CHECK_FALSE(hidden.active);
  CHECK_FALSE(hidden.leaked);
  CHECK_FALSE(hidden.oldest_transaction);
  CHECK(result.pools[1].unknown == 1U);
  CHECK(result.pools[1].active == 2U);
}

TEST_CASE("figures that are no figures count as nothing") {
  Fields odd = group("odd", 1, 1, 0);
  odd[6] = "NaN", odd[7] = "99999999999999999999";
  CHECK(only_pool(parsed({odd})).oldest_transaction == 0.0);
  CHECK(only_pool(parsed({odd})).leaked == 0U);
  Fields late = suspect("shop", 1, "1e300");
  late[14] = "1e300";
  const auto leak = parsed({late}).leaks.at("srv/orders/app/shop").at(0);
  CHECK_FALSE(leak.session->last_query_start);
  CHECK(leak.held > 10s);
  CHECK(parsed({}).pools.empty());
  CHECK(parsed({{"short"}}).pools.size() == 1);
}

TEST_CASE("without a limit for leaks none is counted") {
  StatActivityOptions options;
  options.leak_after = 0s;
  CHECK_FALSE(only_pool(parsed({group("shop", 2, 1, 1)}, options)).leaked);
  CHECK(stat_activity_sql(options).find("interval") == std::string::npos);
}

TEST_CASE("an answer without its columns is an error") {
  CHECK_THROWS_AS(parse_stat_activity("srv", {}, {{"?column?"}, {{"1"}}, 0}), Error);
}

TEST_CASE("nothing but known columns gets into the statement, and the query only where that was asked for") {
  StatActivityOptions options;
  CHECK(stat_activity_sql(options).find("left(query") == std::string::npos);
  options.show_query = true;
  CHECK(stat_activity_sql(options).find("left(query") != std::string::npos);
  options.group_by = {"datname; DROP TABLE t"};
  CHECK_THROWS_AS(pg_stat_activity_probe("srv", options, nullptr), Error);
}

TEST_CASE("the probe asks once for the sessions and once for the server, and tells what it was answered") {
  const auto database = std::make_shared<test::FakeDatabase>(machine_clock());
  database->answers.access()->emplace(stat_activity_sql({}), answer({group("shop", 5, 3, 2)}));
  database->answers.access()->emplace(server_sessions_sql(),
                                      QueryResult{{"sessions", "most"}, {{"12", "97"}}, 1});
  const auto probe = pg_stat_activity_probe("srv", {}, std::make_shared<test::FakeDriver>(database));
  const auto reading = probe->start_read(Deadline());
  run_here(*reading);
  const ProbeResult result = reading->take();
  CHECK(test::pool_of(result, "srv/orders/app/shop").total() == 5U);
  CHECK(test::pool_of(result, "srv").server_connections == 12U);
  CHECK(database->pings == 2);
}

TEST_CASE("of the active sessions those idle in a transaction and those waiting for a lock are known") {
  QueryResult told = answer({group("shop", 5, 1, 4), suspect("shop", 4711, "400")});
  told.columns.insert(told.columns.end(), {"idle_in_transaction", "waiting_for_lock", "client_port"});
  told.rows[0].insert(told.rows[0].end(), {"1", "2", null});
  told.rows[1].insert(told.rows[1].end(), {"1", "0", "51234"});
  const auto result = parse_stat_activity("srv", {}, told);
  const PoolSnapshot& pool = only_pool(result);
  CHECK(pool.active == 5U);
  CHECK(pool.idle_in_transaction == 2U);
  CHECK(pool.waiting_for_lock == 2U);
  CHECK(result.leaks.at(pool.label())[0].session->client_port == 51234U);
}

TEST_CASE("the whole server has the sessions that it has and allows, and no entry where that is not known") {
  ProbeResult result;
  add_server(result, "srv", {{"sessions", "most"}, {{"12", "97"}}, 1});
  const PoolSnapshot& server = only_pool(result);
  CHECK(server.label() == "srv");
  CHECK(server.key.scope() == PoolScope::target);
  CHECK(server.server_connections == 12U);
  CHECK(server.server_connections_max == 97U);
  ProbeResult none;
  add_server(none, "srv", {});
  CHECK(none.pools.empty());
}
