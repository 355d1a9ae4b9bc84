// What a person on call sees when the parts around a pooler fail: nothing dead is shown as well.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dbpool/drivers/postgres.hpp"
#include "support/eventually.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/pg_session.hpp"
#include "support/servers/pooler_clients.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto outage_soon = 40s;
const std::string alices = "pgb/app/alice";

/// An exporter that watches a PgBouncer and its server, with a client of its own at the pooler if that has a
/// user.
struct OutageSite : AppBouncer {
  explicit OutageSite(const std::string& own_user = "")
      : AppBouncer("", {"pool_mode=transaction", "server_login_retry=1", "query_wait_timeout=2",
                        "server_idle_timeout=1"}),
        exporter({.config = config(own_user)}) {}

  std::string config(const std::string& own_user) const {
    const std::string own = own_user.empty() ? ""
                                             : fmt::format("\n    synthetic: {{dsn: {}, interval: 200ms}}",
                                                           pooler.dsn("app", own_user));
    return fmt::format(R"(
sources:
  - name: pgb
    type: pgbouncer
    dsn: {}
    interval: 200ms
    clients: true
    labels: {{team: payments}}{}
  - {{name: srv, type: pg_stat_activity, dsn: {}, interval: 200ms, leak_after: 500ms}}
)",
                       pooler.console(), own, server.dsn());
  }

  nlohmann::json document(const std::string& path) const {
    return nlohmann::json::parse(exporter.get("/connections/pools/" + path).body);
  }
  /// Returns the health of alice's pool; null if there is no such pool.
  nlohmann::json health() const {
    const nlohmann::json all = document("health");
    for (const nlohmann::json& one : all["pools"]) {
      if (one["name"] == alices) return one;
    }
    return nullptr;
  }
  bool is(const std::string& status) const {
    const nlohmann::json pool = health();
    return pool.is_object() && pool["status"] == status;
  }
  bool has_message(std::string_view part) const {
    const nlohmann::json pool = health();
    return pool.is_object() && pool["message"].get<std::string>().find(part) != std::string::npos;
  }

  ExporterProcess exporter;
};

}  // namespace

TEST_CASE(
    "PostgreSQL that dies behind PgBouncer makes every pool of its database unhealthy, also deserted ones") {
  OutageSite site("bob");
  PoolerClient(site.pooler.dsn("app", "alice"), 0).wait();
  REQUIRE(eventually([&] { return site.health().is_object(); }, outage_soon));
  site.server.query("CHECKPOINT");  // What was created a moment ago would not survive the kill.
  site.server.kill();
  REQUIRE(eventually([&] { return site.is("unhealthy"); }, outage_soon));
  CHECK(site.has_message("cannot log in to the database"));
  CHECK(site.health()["reasons"] == nlohmann::json{"no_connections"});
  const auto health = site.exporter.get("/health?pool=pgb/app/alice");
  CHECK(health.status == 503);
  CHECK(nlohmann::json::parse(health.body)["database"]["status"] == "disconnected");
  CHECK(eventually([&] { return site.health()["verdict"] == "database_down"; }, outage_soon));
  site.server.start();
  CHECK(eventually([&] { return !site.is("unhealthy"); }, outage_soon));
  CHECK(site.health()["message"] != "All systems operational");
}

TEST_CASE("a pool without clients and servers is unknown, and its database is not called connected") {
  const OutageSite site;
  PoolerClient(site.pooler.dsn("app", "alice"), 0).wait();
  REQUIRE(eventually([&] { return site.has_message("nothing is known of the database"); }, outage_soon));
  CHECK(site.is("unknown"));
  const auto health = site.exporter.get("/health?pool=pgb/app/alice");
  CHECK(health.status == 200);
  CHECK(nlohmann::json::parse(health.body)["database"]["status"] == "unknown");
}

TEST_CASE("a PgBouncer that is killed makes the whole unhealthy, with a 503 and its name") {
  OutageSite site;
  REQUIRE(eventually(
      [&] {
        return site.exporter.metric("dbpool_up", {{"source", "pgb"}}) == 1;
      },
      outage_soon));
  site.pooler.kill();
  REQUIRE(eventually([&] { return site.document("health")["overall_status"] == "unhealthy"; }, outage_soon));
  CHECK(site.document("health")["overall_message"] == "1 source down: pgb");
  CHECK(site.document("health")["sources_down"] == nlohmann::json{"pgb"});
  CHECK(site.exporter.get("/health").status == 503);
  const auto cannot = site.exporter.log("source cannot be read");
  REQUIRE_FALSE(cannot.empty());
  CHECK(cannot[0].at("source") == "pgb");
  const auto reads_of_pgb = [&] {
    const auto lines = site.exporter.log("source read");
    return std::ranges::count_if(lines, [](const auto& line) { return line.at("source") == "pgb"; });
  };
  CHECK(reads_of_pgb() == 1);
  site.pooler.start();
  CHECK(eventually([&] { return site.document("health")["overall_status"] != "unhealthy"; }, outage_soon));
  CHECK(eventually([&] { return reads_of_pgb() == 2; }, outage_soon));
}

TEST_CASE("a pause is said in the message and the log, and degrades the pool while a client waits") {
  const OutageSite site;
  PoolerClient(site.pooler.dsn("app", "alice"), 0).wait();
  REQUIRE(eventually([&] { return site.health().is_object(); }, outage_soon));
  site.pooler.command("PAUSE app");
  REQUIRE(eventually([&] { return site.has_message("paused"); }, outage_soon));
  {
    const PoolerClient client(site.pooler.dsn("app", "alice"), 0);
    CHECK(eventually([&] { return site.is("degraded"); }, outage_soon));
  }
  site.pooler.command("RESUME app");
  CHECK(eventually([&] { return !site.exporter.log("pooler resumed").empty(); }, outage_soon));
  const auto paused = site.exporter.log("pooler paused");
  REQUIRE(paused.size() == 1);
  CHECK(paused[0].at("source") == "pgb");
  CHECK(paused[0].at("database") == "app");
}

TEST_CASE("a leak behind a pooler names the pooler's client, the session and the statement that ends it") {
  const OutageSite site;
  PgSession leaky(site.pooler.dsn("app", "alice"));
  leaky.run("BEGIN");
  const auto leaks = [&] { return site.document("leaks")["leaks"]; };
  REQUIRE(eventually([&] { return leaks().size() == 1 && leaks()[0]["behind_pooler"].is_object(); },
                     outage_soon));
  const nlohmann::json leak = leaks()[0];
  CHECK(leak["behind_pooler"]["source"] == "pgb");
  CHECK(leak["behind_pooler"]["application"] == "fixture");
  CHECK(leak["state"] == "idle in transaction");
  CHECK(leak["ends_it"] == fmt::format("SELECT pg_terminate_backend({})", leak["pid"].get<int>()));
  const auto logged = site.exporter.log("potential connection leak detected");
  REQUIRE(logged.size() == 1);
  CHECK(logged[0].at("pid") == std::to_string(leak["pid"].get<int>()));
  CHECK(site.exporter.metric("dbpool_connections_idle_in_transaction",
                             {{"source", "srv"}, {"pool", leak["pool"].get<std::string>()}}) == 1);
  leaky.run("COMMIT");
  CHECK(eventually([&] { return !site.exporter.log("leaked connection returned").empty(); }, outage_soon));
}

TEST_CASE("a source has its server and its labels, and a server its sessions and their limit") {
  const OutageSite site;
  const auto metric = [&](const char* name, const Labels& labels) {
    return site.exporter.metric(name, labels);
  };
  const Labels server{{"source", "srv"}, {"pool", "srv"}};
  REQUIRE(eventually([&] { return metric("dbpool_server_connections", server).has_value(); }, outage_soon));
  CHECK(*metric("dbpool_server_connections", server) >= 1);
  CHECK(std::to_string(static_cast<int>(metric("dbpool_server_connections_max", server).value_or(0))) ==
        site.server.query("SELECT current_setting('max_connections')::int"
                          " - current_setting('superuser_reserved_connections')::int"));
  CHECK(metric("dbpool_source_info", {{"source", "pgb"},
                                      {"kind", "pgbouncer"},
                                      {"server", fmt::format("127.0.0.1:{}", site.pooler.port())},
                                      {"team", "payments"}}) == 1);
  CHECK(metric("dbpool_source_info", {{"source", "srv"}, {"kind", "pg_stat_activity"}}) == 1);
}

TEST_CASE("a synthetic client in a pool of its own is probe only, in the log, the metrics and the API") {
  const OutageSite site("bob");
  const Labels bobs{{"source", "pgb"}, {"pool", "pgb/app/bob"}};
  Labels probe_only = bobs;
  probe_only["probe_only"] = "true";
  REQUIRE(eventually([&] { return site.exporter.metric("dbpool_pool_info", probe_only) == 1; }, outage_soon));
  CHECK(site.exporter.metric("dbpool_acquisitions_total", bobs).value_or(0) >= 1);
  CHECK_FALSE(site.exporter.metric("dbpool_acquisition_objective_seconds", bobs));
  CHECK(eventually(
      [&] { return site.exporter.log("synthetic measures its own pool only (probe only)").size() == 1; },
      outage_soon));
}

TEST_CASE("a password that PgBouncer refuses is an error of authentication, and another refusal is not") {
  const PgBouncerServer pooler{{.databases = "app = host=127.0.0.1 port=1", .settings = {"auth_type=md5"}}};
  const auto kind_of = [](const std::string& dsn) -> std::optional<ErrorKind> {
    const auto driver = postgres_driver(DsnSource(Dsn(dsn)));
    try {
      connect(*driver, Deadline(std::chrono::steady_clock::now() + stretched(10s)));
    } catch (const DriverError& error) {
      return error.kind();
    }
    return std::nullopt;
  };
  CHECK(kind_of(pooler.dsn("app", "alice") + " password=wrong") == ErrorKind::authentication);
  CHECK(kind_of(pooler.dsn("app", "nobody") + " password=wrong") == ErrorKind::authentication);
  const PgBouncerServer trusting{{.databases = "app = host=127.0.0.1 port=1"}};
  CHECK(kind_of(trusting.dsn("missing", "alice")) == ErrorKind::connect);
}
