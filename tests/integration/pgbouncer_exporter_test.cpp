#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/pooler_clients.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

const Labels alice{{"source", "pgb"}, {"pool", "pgb/app/alice"}};

Labels with(Labels labels, const std::string& name, const std::string& value) {
  labels[name] = value;
  return labels;
}

/// An exporter that watches a PgBouncer and also owns a pool.
struct Site : AppBouncer {
  Site()
      : AppBouncer("user=alice", {"pool_mode=transaction", "default_pool_size=2", "reserve_pool_size=0",
                                  "min_pool_size=1"}) {}

  ExporterProcess exporter{{.config = fmt::format(R"(
pools:
  - {{name: local, driver: sqlite, dsn: "file:local?mode=memory&cache=shared"}}
sources:
  - name: pgb
    type: pgbouncer
    dsn: {}
    interval: 200ms
    latency_objective: 7ms
    clients: true
    synthetic: {{dsn: {}, interval: 200ms}}
    health: {{wait_window: 3s}}
)",
                                                  pooler.console(), pooler.dsn("app", "alice"))}};

  std::optional<double> metric(std::string_view name, const Labels& labels) const {
    return exporter.metric(name, labels);
  }
};

}  // namespace

TEST_CASE("a PgBouncer under pressure shows in the metrics as it is, and so does its relief") {
  const Site site;
  std::vector<PoolerClient> clients;
  for (int i = 0; i < 4; ++i) clients.emplace_back(site.pooler.dsn("app", "alice"), 60);
  CHECK(eventually([&] { return site.metric("dbpool_waiting_requests", alice).value_or(0) >= 2; }, 20s));
  CHECK(eventually([&] { return site.metric("dbpool_acquisition_timeouts_total", alice).value_or(0) >= 1; },
                   20s));
  const Scrape scrape = site.exporter.scrape();
  CHECK(scrape.value("dbpool_up", {{"source", "pgb"}, {"kind", "pgbouncer"}}) == 1);
  CHECK(scrape.value("dbpool_connections", with(alice, "state", "active")) == 2);
  CHECK(scrape.value("dbpool_connections_max", alice) == 2);
  CHECK(scrape.value("dbpool_clients", with(alice, "state", "active")) == 2);
  CHECK(scrape.at("dbpool_oldest_waiter_seconds", alice) > 0);
  CHECK(scrape.at("dbpool_acquisition_duration_seconds_count", alice) >= 1);
  CHECK(scrape.value("dbpool_acquisition_objective_seconds", alice) == 0.007);
  CHECK(scrape.at("dbpool_acquisitions_slow_total", alice) >=
        scrape.at("dbpool_acquisition_timeouts_total", alice));
  CHECK(scrape.value("dbpool_health_reason", with(alice, "reason", "saturation")) == 1);
  CHECK(scrape.value("dbpool_pool_info", with(alice, "driver", "pgbouncer")) == 1);
  const Labels per_database{{"source", "pgb"}, {"pool", "pgb/app"}};
  CHECK(scrape.value("dbpool_queries_total", per_database).has_value());
  CHECK_FALSE(scrape.value("dbpool_queries_total", alice).has_value());
  CHECK_FALSE(scrape.value("dbpool_acquisitions_slow_total", per_database).has_value());
  CHECK_FALSE(scrape.value("dbpool_connections_created_total", alice).has_value());
  CHECK_FALSE(scrape.mentions({{"pool", "pgb/pgbouncer/pgbouncer"}}));

  CHECK(scrape.value("dbpool_health_reason", with(alice, "reason", "peak_wait")) == 1);

  clients.clear();
  site.server.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'alice'");
  const auto is_relaxed = [&] {
    const Scrape now = site.exporter.scrape();
    return now.value("dbpool_waiting_requests", alice) == 0 &&
           now.value("dbpool_oldest_waiter_seconds", alice) == 0 &&
           now.value("dbpool_health_reason", with(alice, "reason", "saturation")) == 0 &&
           now.value("dbpool_health_reason", with(alice, "reason", "peak_wait")) == 0 &&
           now.at("dbpool_acquisitions_total", alice) > scrape.at("dbpool_acquisitions_total", alice);
  };
  CHECK(eventually(is_relaxed, 30s));
}

TEST_CASE("a paused PgBouncer says so, and that is no reason to complain") {
  Site site;
  const auto is_healthy = [&] {
    return site.metric("dbpool_health_status", with(alice, "status", "healthy")) == 1;
  };
  REQUIRE(eventually(is_healthy, 30s));
  site.pooler.command("PAUSE app");
  CHECK(eventually([&] { return site.metric("dbpool_paused", alice) == 1; }, 20s));
  CHECK(site.metric("dbpool_connections", with(alice, "state", "idle")) == 0);
  const auto timeouts = site.metric("dbpool_acquisition_timeouts_total", alice);
  // Long enough for a timeout and for several assessments.
  CHECK_FALSE(eventually([&] { return !is_healthy(); }, 4s));
  CHECK(site.metric("dbpool_acquisition_timeouts_total", alice) == timeouts);
  site.pooler.command("RESUME app");
  // A PgBouncer without SHOW STATE cannot vouch for a 0.
  CHECK(eventually([&] { return site.metric("dbpool_paused", alice) != 1; }, 20s));
}

TEST_CASE("a PgBouncer that is killed shows nothing as alive, disturbs nobody, and comes back") {
  Site site;
  REQUIRE(eventually([&] { return site.metric("dbpool_acquisitions_total", alice).value_or(0) >= 1; }, 20s));
  // PgBouncer itself has reported the pool, too.
  REQUIRE(eventually([&] { return site.metric("dbpool_connections_max", alice) == 2; }, 20s));
  site.pooler.kill();
  REQUIRE(eventually([&] { return site.metric("dbpool_up", {{"source", "pgb"}}) == 0; }, 20s));
  const Scrape scrape = site.exporter.scrape();
  CHECK(scrape.value("dbpool_health_status", with(alice, "status", "unknown")) == 1);
  for (const char* gone : {"dbpool_connections", "dbpool_pool_info", "dbpool_acquisitions_total",
                           "dbpool_paused", "dbpool_waiting_requests", "dbpool_connections_max"}) {
    CAPTURE(gone);
    CHECK_FALSE(scrape.value(gone, alice).has_value());
  }
  CHECK_FALSE(scrape.value("dbpool_health_status", with(alice, "status", "healthy")).has_value());
  CHECK(scrape.value("dbpool_up", {{"source", "local"}}) == 1);
  CHECK(scrape.at("dbpool_source_read_failures_total", {{"source", "pgb"}}) >= 1);

  site.pooler.start();
  CHECK(eventually([&] { return site.metric("dbpool_up", {{"source", "pgb"}}) == 1; }, 40s));
  CHECK(eventually([&] { return site.metric("dbpool_connections_max", alice) == 2; }, 40s));
}

TEST_CASE("a PgBouncer that takes no more clients is unhealthy for that, while its pool is not") {
  const AppBouncer app("", {"pool_mode=transaction", "max_client_conn=6", "max_user_connections=10"});
  const ExporterProcess exporter({.config = fmt::format(R"(
sources:
  - {{name: pgb, type: pgbouncer, dsn: {}, interval: 200ms}}
)",
                                                        app.pooler.console())});
  const Labels front{{"source", "pgb"}, {"pool", "pgb"}};
  const auto is = [&](const Labels& pool, const char* status) {
    return exporter.metric("dbpool_health_status", with(pool, "status", status)) == 1;
  };
  REQUIRE(eventually([&] { return is(front, "healthy"); }, 20s));
  std::vector<PoolerClient> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(app.pooler.dsn("app", "alice"), 60);
  CHECK(eventually([&] { return is(front, "unhealthy"); }, 20s));
  const Scrape scrape = exporter.scrape();
  CHECK(scrape.value("dbpool_clients_used", front) == 6);
  CHECK(scrape.value("dbpool_clients_max", front) == 6);
  CHECK(scrape.value("dbpool_health_reason", with(front, "reason", "clients")) == 1);
  CHECK(scrape.value("dbpool_connections_max", alice) == 10);
  CHECK(scrape.value("dbpool_health_reason", with(alice, "reason", "clients")) == 0);
  CHECK(eventually([&] { return is(alice, "healthy"); }, 30s));  // its clients waited for the first servers
}

TEST_CASE("clients that wait for a paused PgBouncer degrade their pool, for which it names the pause") {
  const AppBouncer app("", {"pool_mode=transaction"});
  const ExporterProcess exporter({.config = fmt::format(R"(
sources:
  - {{name: pgb, type: pgbouncer, dsn: {}, interval: 200ms}}
)",
                                                        app.pooler.console())});
  PoolerClient(app.pooler.dsn("app", "alice"), 0).wait();
  app.pooler.command("PAUSE app");
  const PoolerClient client(app.pooler.dsn("app", "alice"), 0);
  const auto reason = [&](const char* name) {
    return exporter.metric("dbpool_health_reason", with(alice, "reason", name));
  };
  CHECK(eventually([&] { return reason("paused") == 1; }, 20s));
  CHECK(exporter.metric("dbpool_health_status", with(alice, "status", "degraded")) == 1);
  CHECK(reason("no_connections") == 0);
  CHECK(reason("saturation") == 0);
}

TEST_CASE("names with umlauts are told apart through a PgBouncer before a database that is not in UTF-8") {
  const PostgresServer server;
  server.query("CREATE DATABASE alt ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
  for (const char* role : {"müller", "möller", "alice"})
    server.query(fmt::format("CREATE ROLE \"{}\" LOGIN", role));
  const PgBouncerServer pooler(
      {.databases = fmt::format("app = host=127.0.0.1 port={} dbname=alt", server.port())});
  const PoolerClient first(pooler.dsn("app", "müller"), 60), second(pooler.dsn("app", "möller"), 60),
      third(pooler.dsn("app", "möller"), 60);
  const ExporterProcess exporter(
      {.config = fmt::format("sources:\n  - {{name: pgb, type: pgbouncer, dsn: '{}', interval: 200ms, "
                             "synthetic: {{dsn: '{}', interval: 200ms}}}}\n",
                             pooler.console(), pooler.dsn("app", "alice"))});
  const auto active = [&](const char* pool) {
    return exporter.metric("dbpool_connections", {{"pool", pool}, {"state", "active"}});
  };
  CHECK(eventually([&] { return active("pgb/app/müller") == 1 && active("pgb/app/möller") == 2; }, 20s));
  CHECK(eventually(
      [&] {
        return exporter.metric("dbpool_acquisitions_total", {{"pool", "pgb/app/alice"}}).value_or(0) >= 1;
      },
      20s));
}

TEST_CASE("a pgbouncer source that is led to a database behind the pooler says where the console is") {
  const PostgresServer server;
  const PgBouncerServer pooler(
      {.databases =
           fmt::format("app = host=127.0.0.1 port={} dbname=postgres user=postgres", server.port())});
  const ExporterProcess exporter(
      {.config = fmt::format(R"(
sources:
  - {{name: behind, type: pgbouncer, dsn: '{}', interval: 200ms}}
  - {{name: absent, type: pgbouncer, dsn: '{}', interval: 200ms}}
  - {{name: server, type: pgbouncer, dsn: '{}', interval: 200ms}}
  - {{name: pgpool, type: pgpool, dsn: '{}', interval: 200ms}}
  - {{name: activity, type: pg_stat_activity, dsn: '{}', interval: 200ms}}
)",
                             pooler.dsn("app", "stats"), pooler.dsn("nope", "stats"), server.dsn(),
                             server.dsn(), pooler.console())});
  const std::string console =
      "PgBouncer's pools are shown by its console alone, which is the database \"pgbouncer\"";
  const std::pair<std::string, std::string> expected[] = {
      {"behind", console},
      {"absent", console},
      {"server", console},
      {"pgpool", "this server is not Pgpool-II; is the port right?"},
      {"activity", "this is PgBouncer's console; allowed: a database of the PostgreSQL server"}};
  for (const auto& [source, hint] : expected) {
    CAPTURE(source);
    CHECK(eventually(
        [&, &source = source, &hint = hint] {
          return std::ranges::any_of(exporter.log("source cannot be read"), [&](const LogLine& line) {
            return line.at("source") == source && line.at("error").ends_with(hint);
          });
        },
        20s));
  }
  const auto warnings = exporter.log("configuration may not mean what it says");
  REQUIRE(warnings.size() == 3);
  CHECK(
      warnings[0].at("problem").starts_with("behind: the DSN of a pgbouncer source names another database"));
}

TEST_CASE("a healthy PgBouncer gives no warning, and a name that is not UTF-8 is the same everywhere") {
  PostgresServer server;
  server.query("CREATE ROLE alice LOGIN");
  const PgBouncerServer pooler{
      {.databases = fmt::format("* = host=127.0.0.1 port={} dbname=postgres user=alice", server.port())}};
  const PoolerClient client(pooler.dsn("odd\xFF", "alice"), 60);
  const ExporterProcess exporter{
      {.config = fmt::format("sources: [{{name: pgb, type: pgbouncer, dsn: {}, interval: 200ms}}]",
                             pooler.console())}};
  const auto document = [&](const std::string& path) {
    return nlohmann::json::parse(exporter.get("/connections/pools/" + path).body);
  };
  const std::string odd = "pgb/odd\xEF\xBF\xBD/alice", path = "pgb/odd%EF%BF%BD/alice";
  REQUIRE(eventually([&] { return document("stats")["pools"].contains(odd); }, 20s));
  REQUIRE(eventually([&] { return document("stats/" + path)["pool"]["active_connections"] == 1; }, 20s));
  REQUIRE(eventually([&] { return document("health")["overall_status"] == "healthy"; }, 20s));
  CHECK(document("health")["warnings"] == nlohmann::json::array());
  CHECK(document("stats/" + path)["pool"]["name"] == odd);
  CHECK(exporter.get("/health?pool=" + path).status == 200);
  CHECK(document("history/" + path)["pool"] == odd);
  CHECK(exporter.metric("dbpool_connections", {{"pool", odd}, {"state", "active"}}) == 1);
}
