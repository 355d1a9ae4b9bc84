#include "exposition/json_stats.hpp"

#include "dbpool/model/histogram_recorder.hpp"
#include "json_fleets.hpp"
#include "support/http/source_documents.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// Returns the pool of the Ombudsman document's example of GET /connections/pools/stats.
PoolSnapshot sqlserver() {
  PoolSnapshot s = known_pool("sqlserver");
  s.idle = 3, s.active = 2, s.checking = 0, s.max = 10, s.min = 2;
  s.created = 5, s.reused = 127, s.health_checks = 0;
  s.closed.fill(0), s.errors.fill(0);
  return s;
}

/// The EROS document's example of get_stats(), with this exporter's field names.
const Json eros = Json::parse(R"({
  "configured_size": 10, "max_overflow": 5, "available": 7, "total_connections": 10, "overflow_in_use": 0,
  "active_connections": 3, "connections_created": 15, "connections_recycled": 5, "connections_failed": 0,
  "health_check_failures": 1, "connection_max_age": 300
})");

PoolSnapshot eros_pool() {
  PoolSnapshot s = known_pool("eros");
  s.configured = 10, s.max = 15, s.idle = 7, s.active = 3, s.checking = 0, s.overflow = 0;
  s.created = 15, s.connect_failures = 0, s.health_check_failures = 1, s.max_age = 300;
  s.closed = {4, 1, 0, 0, 0, 0, 0};
  return s;
}

const std::vector<std::string> codebase_mcp_fields{
    "total_connections",       "idle_connections",  "active_connections",  "waiting_requests",
    "avg_acquisition_time_ms", "peak_wait_time_ms", "total_acquisitions",  "total_releases",
    "peak_active_connections", "pool_created_at",   "last_health_check",   "last_error",
    "last_error_time",         "overflow_in_use",   "connections_created", "connections_recycled",
    "connections_failed",      "max_overflow",      "available",           "health_check_failures",
    "connection_max_age",      "configured_size"};

Json stats_of(PoolSnapshot pool) {
  const std::string name = pool.label();
  return stats_json(fleet_of({report_of(std::move(pool))}))["pools"][name];
}

}  // namespace

TEST_CASE("statistics have the Ombudsman document's shape and numbers") {
  const Json document = stats_json(fleet_of({report_of(sqlserver()), report_of(known_pool("snowflake"))}));
  check_has(document, Json::parse(test::ombudsman_stats));
  CHECK(document["pools"].size() == 2);
}

TEST_CASE("pool_statistics has the EROS document's numbers") {
  check_has(stats_of(eros_pool())["pool_statistics"], eros);
}

TEST_CASE("pool_statistics has the codebase-mcp document's fields") {
  PoolSnapshot pool = known_pool("orders");
  pool.max_age = 1800.5;
  check_has(stats_of(pool)["pool_statistics"], Json::parse(R"({
    "total_connections": 10,
    "idle_connections": 3,
    "active_connections": 5,
    "waiting_requests": 4,
    "avg_acquisition_time_ms": 750.166667,
    "peak_active_connections": 7,
    "peak_wait_time_ms": 1500.0,
    "total_acquisitions": 100,
    "total_releases": 95,
    "pool_created_at": "1970-01-01T00:16:40.500Z",
    "last_health_check": "1970-01-01T00:33:20.250Z",
    "last_error": "Database connection refused: connection refused",
    "last_error_time": "1970-01-01T00:50:00.000Z",
    "connection_max_age": 1800.5
  })"));
}

TEST_CASE("stale_cleaned counts the connections closed for their age or idleness, errors all kinds") {
  const Json counters = stats_of(known_pool("orders"))["statistics"];
  CHECK(counters["stale_cleaned"] == 1 + 2);
  CHECK(counters["closed"] == 28);
  CHECK(counters["errors"] == 28);
}

TEST_CASE("connections that were closed for their age are not all that were closed") {
  PoolSnapshot told = pool_named("told");
  told.closed[index_of(CloseReason::max_lifetime)] = 5;  // as EROS reports it
  CHECK(stats_of(told)["statistics"]["closed"].is_null());
  CHECK(stats_of(told)["statistics"]["stale_cleaned"] == 5);
  told.closed[index_of(CloseReason::closed)] = 2;
  CHECK(stats_of(told)["statistics"]["closed"] == 7);
}

TEST_CASE("a utilization that the source tells itself is shown where max is not known") {
  PoolSnapshot told = pool_named("told");
  told.active = 9, told.utilization = 0.9;
  CHECK(stats_of(told)["utilization"] == 90.0);
  told.max = 90;
  CHECK(stats_of(told)["utilization"] == 10.0);
}

TEST_CASE("before the first acquisition the average is nothing and there is no quantile") {
  PoolSnapshot fresh = known_pool("fresh");
  fresh.acquisition_duration = HistogramRecorder(acquisition_buckets()).value();
  const Json pool = stats_of(fresh);
  CHECK(pool["pool_statistics"]["avg_acquisition_time_ms"] == 0.0);
  check_unknown(pool["acquisition_seconds"], {"p50", "p95", "p99"});
}

TEST_CASE("quantiles of the last five minutes are beside those since the start") {
  PoolReport report = report_of(known_pool("orders"));
  check_unknown(stats_json(fleet_of({report}))["pools"]["orders"]["acquisition_seconds_5m"],
                {"p50", "p95", "p99"});
  report.recent_acquisitions = std::make_shared<const Histogram>(
      std::make_shared<const std::vector<double>>(std::vector{1.0, 2.0}), Histogram::Counts{0, 10, 0}, 15);
  const Json pool = stats_json(fleet_of({report}))["pools"]["orders"];
  CHECK(pool["acquisition_seconds_5m"] == Json{{"p50", 1.5}, {"p95", 1.95}, {"p99", 1.99}});
  CHECK(pool["acquisition_seconds"]["p50"].get<double>() == doctest::Approx(0.2505));
}

TEST_CASE("a pooler's pool is marked that only the client of synthetic uses, as far as clients are known") {
  PoolSnapshot figures = pool_named("pgb/app/probe");
  const auto probe_only = [&](SourceKind kind) {
    FleetSnapshot fleet;
    fleet.sources.push_back(source_of(figures, kind, {}));
    return stats_json(fleet)["pools"]["pgb/app/probe"]["probe_only"];
  };
  figures.clients_active = 1, figures.clients_waiting = 0;
  CHECK(probe_only(SourceKind::pgbouncer) == false);
  figures.acquisition_duration = HistogramRecorder(acquisition_buckets()).value();
  CHECK(probe_only(SourceKind::pgbouncer) == true);
  CHECK(probe_only(SourceKind::prometheus) == false);
  figures.clients_waiting = 1;
  CHECK(probe_only(SourceKind::pgbouncer) == false);
  figures.clients_active.reset(), figures.clients_waiting.reset();
  CHECK(probe_only(SourceKind::pgpool).is_null());
}

TEST_CASE("a source that knows little says null and never nought") {
  const Json document = stats_json(fleet_that_knows_little());
  const Json& pool = document["pools"]["pgb/app/u"];
  check_unknown(pool, {"pool_size", "active_connections", "total_capacity", "min_size", "utilization",
                       "lifecycle", "last_read_age_seconds", "paused", "disabled"});
  check_unknown(pool["statistics"],
                {"created", "reused", "closed", "errors", "stale_cleaned", "health_checks"});
  check_unknown(pool["pool_statistics"], codebase_mcp_fields);
  CHECK(document["pools"].contains("pgb/\xEF\xBF\xBD/u"));
}

TEST_CASE("beside the documents' fields a pool tells what the status page shows") {
  const Json pool = stats_of(known_pool("orders"));
  CHECK(pool["source"] == "orders");
  CHECK(pool["kind"] == "owned");
  CHECK(pool["driver"] == "postgres");
  CHECK(pool["database"] == "orders");
  CHECK(pool["labels"] == Json{{"team", "payments"}});
  CHECK(pool["lifecycle"] == "healthy");
  CHECK(pool["leaked"] == 1);
  CHECK(pool["oldest_waiter_seconds"] == 0.25);
  CHECK(pool["acquisition_seconds"]["p50"].get<double>() == doctest::Approx(0.2505));
  CHECK(pool["last_read_age_seconds"] == 0);
  check_unknown(pool, {"clients_used", "clients_max"});
  const Json pooler = stats_of(known_pooler("pgb"));
  CHECK(pooler["clients_used"] == 25);
  CHECK(pooler["clients_max"] == 26);
}

TEST_CASE("sources tell whether they answer, how old their figures are, and their last error") {
  FleetSnapshot fleet = fleet_that_knows_little();
  fleet.sources[0].reading = known_reading();
  fleet.sources[0].reading.up = false;
  fleet.at = TimePoint(1h);
  fleet.sources[0].reading.last_success = fleet.time - 24h;  // the wall clock was set meanwhile
  fleet.sources[0].reading.last_success_at = fleet.at - 90s;
  fleet.sources[0].reading.last_error = "connect to pgbouncer: refused";
  fleet.sources.push_back(source_of(known_pool("orders"), SourceKind::owned, {}));
  const Json document = stats_json(fleet);
  CHECK(document["sources"][0] == Json{{"name", "pgb"},
                                       {"kind", "pgbouncer"},
                                       {"up", false},
                                       {"pools", 2},
                                       {"last_success_age_seconds", 90.0},
                                       {"hints", Json::array()},
                                       {"pushed", nullptr},
                                       {"last_error", "connect to pgbouncer: refused"},
                                       {"last_error_time", nullptr}});
  CHECK(document["sources"][1]["last_error"] == "Database connection refused: connection refused");
  CHECK(document["sources"][1]["last_error_time"] == "1970-01-01T00:50:00.000Z");
  CHECK(document["sources"][1]["last_success_age_seconds"] == 0);
  CHECK(document["pools"]["pgb/app/u"]["last_read_age_seconds"] == 90.0);
}

TEST_CASE("a source has what senders pushed to it") {
  FleetSnapshot fleet = fleet_that_knows_little();
  PushCounts pushed{.used = 12, .rejected = {1, 2, 3, 4, 5}, .lost = {}, .senders = 2};
  fleet.sources[0].reading.pushed = pushed;
  Json expected{
      {"senders", 2},
      {"used", 12},
      {"rejected", {{"malformed", 1}, {"contradiction", 2}, {"limit", 3}, {"too_large", 4}, {"stale", 5}}},
      {"lost", nullptr}};
  CHECK(stats_json(fleet)["sources"][0]["pushed"] == expected);
  fleet.sources[0].reading.pushed->lost = 7;
  expected["lost"] = 7;
  CHECK(stats_json(fleet)["sources"][0]["pushed"] == expected);
}

TEST_CASE("a source has the hints of its last reading") {
  FleetSnapshot fleet = fleet_that_knows_little();
  CHECK(stats_json(fleet)["sources"][0]["hints"] == Json::array());
  fleet.sources[0].reading.hints = {"max: /maxx leads to nothing"};
  CHECK(stats_json(fleet)["sources"][0]["hints"] == Json{"max: /maxx leads to nothing"});
}

TEST_CASE("one pool is the same object, and its connections beside it") {
  const auto fleet = fleet_of({report_of(known_pool("orders"))});
  const NamedPool orders = named_pools(fleet)[0];
  const std::vector<ConnectionSnapshot> connections{
      {"conn_1", "active", example_time, example_time + 250ms, 7, 1500ms},
      {"conn_2", "idle", example_time, std::nullopt, 0, 0ms}};
  const Json document = pool_stats_json(orders, fleet.at, connections);
  CHECK(document["status"] == "success");
  CHECK(document["pool"] == stats_json(fleet)["pools"]["orders"]);
  CHECK(document["connections"] == Json::parse(R"([
    {"id": "conn_1", "state": "active", "created_at": "2025-10-13T14:30:00.000Z",
     "last_used": "2025-10-13T14:30:00.250Z", "times_used": 7, "age_seconds": 1.5},
    {"id": "conn_2", "state": "idle", "created_at": "2025-10-13T14:30:00.000Z",
     "last_used": null, "times_used": 0, "age_seconds": 0.0}
  ])"));
  CHECK(pool_stats_json(orders, fleet.at, std::nullopt)["connections"].is_null());
}
