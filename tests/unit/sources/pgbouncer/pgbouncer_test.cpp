#include "sources/pgbouncer/pgbouncer.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/error.hpp"
#include "support/fakes/fake_driver.hpp"
#include "support/text/captured_answers.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

Captured version(const std::string& number) {
  return read_captured(DBPOOL_TESTDATA "/pgbouncer_" + number + ".txt");
}

ProbeResult parse(const Captured& captured) {
  return parse_pgbouncer(
      "pgb", answers_to(pgbouncer_statements({.dsn = {}, .clients = true, .synthetic = {}}), captured));
}

std::vector<std::string> names(const ProbeResult& result) {
  std::vector<std::string> all;
  for (const PoolSnapshot& pool : result.pools) all.push_back(pool.label());
  return all;
}

/// Sets one field of the first row of an answer.
void set(Captured& captured, const std::string& sql, const std::string& column,
         std::optional<std::string> value) {
  QueryResult& result = captured.at(sql);
  const auto found = std::ranges::find(result.columns, column);
  REQUIRE(found != result.columns.end());
  result.rows.at(0).at(static_cast<std::size_t>(found - result.columns.begin())) = std::move(value);
}

}  // namespace

TEST_CASE("1.18: a pool of two with two waiting clients is read as it was captured") {
  const ProbeResult all = parse(version("1.18"));
  const PoolSnapshot& pool = pool_of(all, "pgb/app/alice");
  CHECK(pool.info.driver == "pgbouncer");
  CHECK(pool.info.database == "app");
  CHECK(pool.info.user == "alice");
  CHECK(pool.active == 2);
  CHECK(pool.idle == 0);
  CHECK(pool.checking == 0);
  CHECK(pool.opening == 0);
  CHECK(pool.clients_active == 2);
  CHECK(pool.clients_waiting == 2);
  CHECK(pool.waiting == 2);
  CHECK(*pool.oldest_waiter == doctest::Approx(1.811366));
  CHECK(pool.pool_mode == "transaction");
  CHECK(pool.configured == 2);
  CHECK(pool.max == 3);  // with a reserve of one
  CHECK(pool.overflow == 0);
  CHECK(pool.min == 1);
  CHECK_FALSE(pool.paused.has_value());  // 1.18 cannot say whether the whole pooler is paused
  CHECK(pool.disabled == false);
  CHECK_FALSE(pool.queries.has_value());
}

TEST_CASE("1.18: counters stand once per database, in seconds, and the console is hidden") {
  const ProbeResult all = parse(version("1.18"));
  const PoolSnapshot& app = pool_of(all, "pgb/app");
  CHECK(app.info.database == "app");
  CHECK(app.info.user.empty());
  CHECK(app.queries == 8);
  CHECK(app.transactions == 8);
  CHECK(*app.query_seconds == doctest::Approx(36.023929));
  CHECK(*app.transaction_seconds == doctest::Approx(36.023929));
  CHECK(*app.wait_seconds == doctest::Approx(12.011728));
  CHECK_FALSE(app.active.has_value());
  CHECK_FALSE(app.paused.has_value());
  for (const std::string& name : names(all)) CHECK(name.find("pgbouncer") == std::string::npos);
}

TEST_CASE("1.18: clients by application come last, so that a limit drops them first") {
  const ProbeResult all = parse(version("1.18"));
  CHECK(names(all) == std::vector<std::string>{"pgb/app/alice", "pgb/other/bob", "pgb/app", "pgb/other",
                                               "pgb", "pgb/app/alice/web0", "pgb/app/alice/web1",
                                               "pgb/app/alice/web2"});
  using enum PoolScope;
  std::vector<PoolScope> scopes;
  for (const PoolSnapshot& entry : all.pools) scopes.push_back(entry.key.scope());
  CHECK(scopes == std::vector{PoolScope::pool, PoolScope::pool, database, database, target, application,
                              application, application});
  const PoolSnapshot& web1 = pool_of(all, "pgb/app/alice/web1");
  CHECK(web1.clients_active == 1);
  CHECK(web1.clients_waiting == 1);
  CHECK_FALSE(web1.waiting.has_value());
  CHECK(pool_of(all, "pgb/app/alice/web0").clients_active == 0);
}

TEST_CASE("clients that are logging in belong to no pool yet") {
  CHECK(pool_of(parse(version("1.8")), "pgb").clients_waiting == 1);
}

TEST_CASE("the clients of the pooler in all stand under the source, with how many it takes") {
  const PoolSnapshot front = pool_of(parse(version("1.18")), "pgb");
  CHECK(front.clients_used == 5);
  CHECK(front.clients_max == 20);
  const PoolSnapshot without_lists = pool_of(parse(version("1.8")), "pgb");
  CHECK_FALSE(without_lists.clients_used.has_value());
  CHECK(without_lists.clients_max == 100);
}

TEST_CASE("1.8: totals come from SHOW STATS and the minimum from SHOW CONFIG") {
  const ProbeResult all = parse(version("1.8"));
  const PoolSnapshot& pool = pool_of(all, "pgb/app/alice");
  CHECK(pool.active == 5);
  CHECK(pool.idle == 1);      // not used for longer than server_check_delay
  CHECK(pool.checking == 2);  // being checked
  CHECK(pool.opening == 1);
  CHECK(pool.total() == 8);
  CHECK(pool.waiting == 3);
  CHECK(pool.oldest_waiter == 4.25);
  CHECK(pool.max == 25);
  CHECK(pool.min == 3);
  CHECK(pool.pool_mode == "session");
  CHECK(pool_of(all, "pgb/app").queries == 250);
  CHECK(pool_of(all, "pgb/app").transaction_seconds == 3.5);
}

TEST_CASE("applications are not known where SHOW CLIENTS does not tell them") {
  CHECK(names(parse(version("1.8"))) == std::vector<std::string>{"pgb/app/alice", "pgb/app", "pgb"});
}

TEST_CASE("1.12: SHOW STATS_TOTALS is preferred, and a database's own limit bounds its pools") {
  const ProbeResult all = parse(version("1.12"));
  CHECK(pool_of(all, "pgb/app").queries == 250);
  CHECK(pool_of(all, "pgb/app/alice").max == 8);
  CHECK(pool_of(all, "pgb/app/alice").oldest_waiter == 0.0);
}

TEST_CASE("1.16: a minimum counts where PgBouncer keeps it: with a forced user, or with clients") {
  Captured captured = version("1.16");
  CHECK(pool_of(parse(captured), "pgb/app/owner").min == 2);
  CHECK_FALSE(pool_of(parse(captured), "pgb/open/alice").min.has_value());
  std::swap(captured.at("SHOW POOLS").rows[0], captured.at("SHOW POOLS").rows[1]);
  set(captured, "SHOW POOLS", "cl_active", "1");
  CHECK(pool_of(parse(captured), "pgb/open/alice").min == 2);
}

TEST_CASE("1.23: servers that are being cancelled are active, those beyond the size are overflow") {
  const ProbeResult all = parse(version("1.23"));
  const PoolSnapshot& pool = pool_of(all, "pgb/app/alice");
  CHECK(pool.active == 5);
  CHECK(pool.idle == 2);
  CHECK(pool.configured == 5);
  CHECK(pool.max == 7);
  CHECK(pool.overflow == 2);
  CHECK(pool.clients_active == 9);
  CHECK(pool.paused == true);
  CHECK(pool_of(all, "pgb/app").paused == true);
}

TEST_CASE("1.25: renamed and new columns are found by name") {
  Captured captured = version("1.25");
  const ProbeResult all = parse(captured);
  const PoolSnapshot& pool = pool_of(all, "pgb/app/alice");
  CHECK(pool.max == 7);
  CHECK(pool.opening == 1);
  CHECK(pool.disabled == true);
  CHECK(pool_of(all, "pgb/app").queries == 250);
  set(captured, "SHOW DATABASES", "disabled", "0");
  CHECK(pool_of(parse(captured), "pgb/app/alice").min == 5);  // a minimum is at most the size
}

TEST_CASE("a pooler that is paused as a whole has every database paused") {
  Captured captured = version("1.25");
  CHECK(pool_of(parse(captured), "pgb/app/alice").paused == false);
  captured.at("SHOW STATE").rows[1][1] = "yes";
  CHECK(pool_of(parse(captured), "pgb/app/alice").paused == true);
  CHECK(pool_of(parse(captured), "pgb/app").paused == true);
}

TEST_CASE("a database's own pause is known from every version, and that there is none only with SHOW STATE") {
  Captured older = version("1.18");
  set(older, "SHOW DATABASES", "paused", "1");
  CHECK(pool_of(parse(older), "pgb/app").paused == true);
  Captured newer = version("1.25");
  CHECK(pool_of(parse(newer), "pgb/app").paused == false);
  newer.erase("SHOW STATE");
  CHECK_FALSE(pool_of(parse(newer), "pgb/app").paused.has_value());
}

TEST_CASE("a lent server names the client that holds it, by link, and the server's process") {
  Captured captured = version("1.18");
  captured["SHOW CLIENTS"] = {{"database", "user", "application_name", "state", "addr", "port", "ptr"},
                              {{"app", "alice", "billing", "active", "10.0.0.9", "40022", "0xc1"},
                               {"app", "alice", "web", "active", "unix", "6432", "0xc2"},
                               {"app", "alice", "idle", "active", "10.0.0.9", "40024", "0xc3"}},
                              0};
  captured["SHOW SERVERS"] = {{"database", "user", "addr", "local_port", "link", "remote_pid"},
                              {{"app", "alice", "10.0.0.1", "51234", "0xc1", "24635"},
                               {"app", "alice", "unix", "5432", "0xc2", "24636"},
                               {"app", "alice", "10.0.0.1", "51236", "", "24637"},
                               {"app", "alice", "10.0.0.1", "51238", "0xc3", "0x"}},
                              0};
  CHECK(parse(captured).lent ==
        std::vector<LentServer>{{24635, 51234U, {"pgb", "billing", "alice", "app", "10.0.0.9:40022"}},
                                {24636, std::nullopt, {"pgb", "web", "alice", "app", "unix"}}});
}

TEST_CASE("zero is no limit") {
  Captured captured = version("1.18");
  set(captured, "SHOW DATABASES", "pool_size", "0");
  const ProbeResult all = parse(captured);
  const PoolSnapshot& pool = pool_of(all, "pgb/app/alice");
  CHECK_FALSE(pool.max.has_value());
  CHECK_FALSE(pool.configured.has_value());
  CHECK_FALSE(pool.overflow.has_value());
}

TEST_CASE("a wait counts for health unless the pool is paused") {
  Captured captured = version("1.18");
  CHECK(*pool_of(parse(captured), "pgb/app/alice").wait_judged_peak == doctest::Approx(1.811366));
  set(captured, "SHOW DATABASES", "paused", "1");
  CHECK_FALSE(pool_of(parse(captured), "pgb/app/alice").wait_judged_peak.has_value());
}

TEST_CASE("a pool that is paused or disabled has no minimum, since PgBouncer opens nothing for it") {
  for (const char* flag : {"paused", "disabled"}) {
    CAPTURE(flag);
    Captured captured = version("1.18");
    set(captured, "SHOW DATABASES", "min_pool_size", "1");
    REQUIRE(pool_of(parse(captured), "pgb/app/alice").min == 1);
    set(captured, "SHOW DATABASES", flag, "1");
    CHECK_FALSE(pool_of(parse(captured), "pgb/app/alice").min.has_value());
  }
}

TEST_CASE("a pool without a connection, whose client has waited for long, cannot connect") {
  Captured captured = version("1.18");
  CHECK_FALSE(pool_of(parse(captured), "pgb/app/alice").last_connect_ok.has_value());
  set(captured, "SHOW POOLS", "sv_active", "0");
  CHECK(pool_of(parse(captured), "pgb/app/alice").last_connect_ok == false);
  set(captured, "SHOW POOLS", "maxwait", "0");
  CHECK_FALSE(pool_of(parse(captured), "pgb/app/alice").last_connect_ok.has_value());
}

TEST_CASE("what is NULL, text, negative, huge or cut off is not known, and the rest is") {
  Captured captured = version("1.18");
  set(captured, "SHOW POOLS", "sv_idle", std::nullopt);
  set(captured, "SHOW POOLS", "sv_used", "many");
  set(captured, "SHOW POOLS", "sv_tested", "-1");
  set(captured, "SHOW POOLS", "sv_login", "99999999999999999999999");
  set(captured, "SHOW POOLS", "maxwait", "");
  set(captured, "SHOW POOLS", "sv_active", "18446744073709551615");
  set(captured, "SHOW POOLS", "sv_active_cancel", "18446744073709551615");
  captured.at("SHOW POOLS").rows[1].resize(4);
  const ProbeResult all = parse(captured);
  const PoolSnapshot& pool = pool_of(all, "pgb/app/alice");
  CHECK_FALSE(pool.idle.has_value());
  CHECK_FALSE(pool.checking.has_value());
  CHECK_FALSE(pool.opening.has_value());
  CHECK_FALSE(pool.oldest_waiter.has_value());
  CHECK(pool.active == std::numeric_limits<std::uint64_t>::max());
  CHECK(pool.waiting == 2);
  const PoolSnapshot& cut = pool_of(all, "pgb/other/bob");
  CHECK(cut.clients_active == 0);
  CHECK(cut.clients_waiting == 0);
  CHECK_FALSE(cut.active.has_value());
  CHECK(cut.max == 3);
}

TEST_CASE("a row that does not say whose it is, is left out") {
  Captured captured = version("1.18");
  set(captured, "SHOW POOLS", "user", std::nullopt);
  captured.at("SHOW STATS_TOTALS").rows[0].clear();
  CHECK(names(parse(captured))[0] == "pgb/other/bob");
}

TEST_CASE("a console without what every version has gives no figures at all") {
  Captured captured = version("1.18");
  captured.at("SHOW POOLS").columns[0] = "base";
  CHECK_THROWS_WITH_AS(parse(captured), "SHOW POOLS was answered without the column database", Error);
  captured = version("1.18");
  captured.erase("SHOW DATABASES");
  CHECK_THROWS_WITH_AS(parse(captured), "SHOW DATABASES was answered without the column name", Error);
}

TEST_CASE("a console that answers the two questions every version knows is read") {
  const auto clock = std::make_shared<FakeClock>();
  const auto server = std::make_shared<FakeDatabase>(clock);
  Captured captured = version("1.8");
  for (const Statement& statement : pgbouncer_statements({})) {
    if (!statement.required) server->unknown.access()->insert(statement.sql);
  }
  *server->answers.access() = captured;
  const auto probe = pgbouncer_probe("pgb", {}, std::make_shared<FakeDriver>(server));
  const auto reading = probe->start_read(Deadline(clock->now() + std::chrono::seconds(1)));
  run_here(*reading);
  const ProbeResult all = reading->take();
  CHECK(names(all) == std::vector<std::string>{"pgb/app/alice", "pgb/app"});
  CHECK(pool_of(all, "pgb/app/alice").active == 5);
  CHECK_FALSE(pool_of(all, "pgb/app/alice").min.has_value());
}

TEST_CASE("that another process answers than before is a hint, and the restart of the same one is not") {
  const auto clock = std::make_shared<FakeClock>();
  const auto server = std::make_shared<FakeDatabase>(clock);
  const auto probe = pgbouncer_probe("pgb", {}, std::make_shared<FakeDriver>(server));
  const auto hints_of = [&](const char* so_reuseport, const char* socket_directory) {
    Captured captured = version("1.23");
    auto& config = captured.at("SHOW CONFIG").rows;
    config.push_back({"so_reuseport", so_reuseport, "0", "no"});
    config.push_back({"unix_socket_dir", socket_directory, "/tmp", "no"});
    captured["SHOW STATS"] = captured.at("SHOW STATS_TOTALS");
    *server->answers.access() = captured;
    const auto reading = probe->start_read(Deadline(clock->now() + std::chrono::seconds(1)));
    run_here(*reading);
    return reading->take().hints.size();
  };
  CHECK(hints_of("0", "/run/1") == 0);
  CHECK(hints_of("0", "/run/2") == 0);  // its settings were changed
  CHECK(hints_of("1", "/run/1") == 0);
  CHECK(hints_of("1", "/run/1") == 0);
  CHECK(hints_of("1", "/run/2") == 1);
  CHECK(hints_of("1", "/run/2") == 1);
}
