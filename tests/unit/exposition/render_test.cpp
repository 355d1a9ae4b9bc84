#include "exposition/render.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "dbpool/model/histogram_recorder.hpp"
#include "support/fakes/known_fleet.hpp"

using namespace dbpool;

namespace {

/// Returns the series of a text, without its comments.
std::string series_of(const FleetSnapshot& fleet) {
  std::istringstream text(render_text(fleet));
  std::string series;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with('#')) series += line + "\n";
  }
  return series;
}

/// Returns the series that begin with `start`.
std::string series_of(const FleetSnapshot& fleet, std::string_view start) {
  std::istringstream all(series_of(fleet));
  std::string series;
  for (std::string line; std::getline(all, line);) {
    if (line.starts_with(start)) series += line + "\n";
  }
  return series;
}

FleetSnapshot one_pool(PoolSnapshot pool, Judgement health = {}, SourceKind kind = SourceKind::owned) {
  FleetSnapshot fleet;
  fleet.sources.push_back(source_of(std::move(pool), kind, std::move(health)));
  return fleet;
}

std::string lifecycle_of(PoolPhase phase, HealthStatus health) {
  PoolSnapshot pool = pool_named("p");
  pool.phase = phase;
  std::istringstream all(series_of(one_pool(pool, {health, {}}), "dbpool_lifecycle_state{"));
  std::string states;
  for (std::string line; std::getline(all, line);) {
    const auto from = line.find("state=\"") + 7;
    if (line.ends_with(" 1")) states += line.substr(from, line.find('"', from) - from);
  }
  return states;
}

}  // namespace

TEST_CASE("an owned pool of which everything is known has the golden list of series") {
  FleetSnapshot fleet = one_pool(known_pool("orders"), {HealthStatus::degraded,
                                                        {{HealthReason::errors, HealthStatus::degraded},
                                                         {HealthReason::leaks, HealthStatus::degraded}}});
  fleet.sources[0].pools[0].diagnosis = known_diagnosis();
  fleet.sources[0].info = {"db1:5432", {{"team", "payments"}}};
  fleet.exporter = known_exporter();
  std::ifstream file(DBPOOL_GOLDEN_SERIES);
  const std::string golden{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (std::getenv("DBPOOL_UPDATE_GOLDEN") != nullptr) std::ofstream(DBPOOL_GOLDEN_SERIES) << series_of(fleet);
  CHECK(series_of(fleet) == golden);
}

TEST_CASE("a pool of which nothing is known shows that it exists and that its health is unknown") {
  FleetSnapshot fleet = one_pool(pool_named("app/main"), {}, SourceKind::http_json);
  fleet.sources[0].reading.up.reset();
  CHECK(series_of(fleet) ==
        R"(dbpool_pool_info{source="app",pool="app/main",kind="http_json",driver="",database="",user=""} 1
dbpool_source_info{source="app",kind="http_json",server=""} 1
dbpool_health_status{source="app",pool="app/main",status="unknown"} 1
dbpool_health_status{source="app",pool="app/main",status="healthy"} 0
dbpool_health_status{source="app",pool="app/main",status="degraded"} 0
dbpool_health_status{source="app",pool="app/main",status="unhealthy"} 0
dbpool_health_reason{source="app",pool="app/main",reason="utilization"} 0
dbpool_health_reason{source="app",pool="app/main",reason="saturation"} 0
dbpool_health_reason{source="app",pool="app/main",reason="idle_ratio"} 0
dbpool_health_reason{source="app",pool="app/main",reason="errors"} 0
dbpool_health_reason{source="app",pool="app/main",reason="peak_wait"} 0
dbpool_health_reason{source="app",pool="app/main",reason="response"} 0
dbpool_health_reason{source="app",pool="app/main",reason="healthy_ratio"} 0
dbpool_health_reason{source="app",pool="app/main",reason="leaks"} 0
dbpool_health_reason{source="app",pool="app/main",reason="no_connections"} 0
dbpool_health_reason{source="app",pool="app/main",reason="clients"} 0
dbpool_health_reason{source="app",pool="app/main",reason="paused"} 0
dbpool_exporter_build_info{version="",revision="",compiler=""} 1
dbpool_exporter_config_last_reload_successful 1
)");
}

TEST_CASE("a pool that cannot be read shows that its health is unknown, and nothing else") {
  PoolSnapshot pool = pool_named("pgb/app/alice");
  pool.unread = true;
  CHECK(series_of(one_pool(pool, {}, SourceKind::pgbouncer), "dbpool_pool") +
            series_of(one_pool(pool, {}, SourceKind::pgbouncer), "dbpool_health") ==
        "dbpool_health_status{source=\"pgb\",pool=\"pgb/app/alice\",status=\"unknown\"} 1\n");
}

TEST_CASE("a metric without series is not written at all") {
  const std::string text = render_text(one_pool(pool_named("p")));
  CHECK(text.find("dbpool_paused") == std::string::npos);
  CHECK(text.find("dbpool_source_reads_total") == std::string::npos);
  CHECK(text.find("process_threads") == std::string::npos);
  CHECK(text.find("# TYPE dbpool_health_status gauge\n") != std::string::npos);
}

TEST_CASE("a source is up, down or not known to be either") {
  FleetSnapshot fleet = one_pool(pool_named("orders"));
  CHECK(series_of(fleet, "dbpool_up") == "dbpool_up{source=\"orders\",kind=\"owned\"} 1\n");
  fleet.sources[0].reading.up = false;
  CHECK(series_of(fleet, "dbpool_up") == "dbpool_up{source=\"orders\",kind=\"owned\"} 0\n");
  fleet.sources[0].reading.up.reset();
  CHECK(series_of(fleet, "dbpool_up").empty());
}

TEST_CASE("a probed source without pools still tells of its reads") {
  FleetSnapshot fleet;
  fleet.sources.push_back({"pgb", SourceKind::pgbouncer, known_reading(), {}});
  fleet.sources[0].reading.up = false;
  CHECK(series_of(fleet, "dbpool_up") + series_of(fleet, "dbpool_source") ==
        R"(dbpool_up{source="pgb",kind="pgbouncer"} 0
dbpool_source_info{source="pgb",kind="pgbouncer",server=""} 1
dbpool_source_reads_total{source="pgb"} 30
dbpool_source_read_failures_total{source="pgb"} 20
dbpool_source_dropped_pools{source="pgb"} 10
dbpool_source_read_duration_seconds{source="pgb"} 0.5
dbpool_source_last_success_timestamp_seconds{source="pgb"} 5000
)");
}

TEST_CASE("a source that senders push to has counts of what they pushed, and none of reads") {
  FleetSnapshot fleet;
  PoolSource::Reading reading;
  reading.up = true;
  reading.dropped_pools = 0;
  reading.pushed = PushCounts{.used = 12, .rejected = {1, 0, 3, 4, 5}, .lost = {}, .senders = 2};
  fleet.sources.push_back({"otel", SourceKind::otlp, reading, {}});
  CHECK(series_of(fleet, "dbpool_up") + series_of(fleet, "dbpool_source") ==
        R"(dbpool_up{source="otel",kind="otlp"} 1
dbpool_source_info{source="otel",kind="otlp",server=""} 1
dbpool_source_dropped_pools{source="otel"} 0
dbpool_source_events_total{source="otel"} 12
dbpool_source_events_rejected_total{source="otel",reason="malformed"} 1
dbpool_source_events_rejected_total{source="otel",reason="contradiction"} 0
dbpool_source_events_rejected_total{source="otel",reason="limit"} 3
dbpool_source_events_rejected_total{source="otel",reason="too_large"} 4
dbpool_source_events_rejected_total{source="otel",reason="stale"} 5
dbpool_source_senders{source="otel"} 2
)");
  fleet.sources[0].reading.pushed->lost = 7;
  CHECK(series_of(fleet, "dbpool_source_events_lost") ==
        "dbpool_source_events_lost_total{source=\"otel\"} 7\n");
}

TEST_CASE("a pooler's own figures have series") {
  const FleetSnapshot fleet = one_pool(known_pooler("pgb"), {}, SourceKind::pgbouncer);
  CHECK(series_of(fleet, "dbpool_clients") == R"(dbpool_clients{source="pgb",pool="pgb",state="active"} 17
dbpool_clients{source="pgb",pool="pgb",state="waiting"} 18
dbpool_clients_used{source="pgb",pool="pgb"} 25
dbpool_clients_max{source="pgb",pool="pgb"} 26
)");
  CHECK(series_of(fleet, "dbpool_paused") == "dbpool_paused{source=\"pgb\",pool=\"pgb\"} 1\n");
  CHECK(series_of(fleet, "dbpool_disabled") == "dbpool_disabled{source=\"pgb\",pool=\"pgb\"} 0\n");
  CHECK(series_of(fleet, "dbpool_query_seconds_total") ==
        "dbpool_query_seconds_total{source=\"pgb\",pool=\"pgb\"} 19.5\n");
  CHECK(series_of(fleet, "dbpool_connections{source=\"pgb\",pool=\"pgb\",state=\"unknown\"}")
            .ends_with(" 16\n"));
}

TEST_CASE("the lifecycle state is the phase, or the health of a pool that serves") {
  using enum PoolPhase;
  CHECK(lifecycle_of(initializing, HealthStatus::unknown) == "initializing");
  CHECK(lifecycle_of(serving, HealthStatus::unknown) == "initializing");
  CHECK(lifecycle_of(serving, HealthStatus::healthy) == "healthy");
  CHECK(lifecycle_of(serving, HealthStatus::degraded) == "degraded");
  CHECK(lifecycle_of(serving, HealthStatus::unhealthy) == "unhealthy");
  CHECK(lifecycle_of(recovering, HealthStatus::unhealthy) == "recovering");
  CHECK(lifecycle_of(shutting_down, HealthStatus::healthy) == "shutting_down");
  CHECK(lifecycle_of(terminated, HealthStatus::healthy) == "terminated");
}

TEST_CASE("names are escaped") {
  PoolSnapshot pool = pool_named("pgb/\xFF/a\"b\\c\nd");
  pool.info.database = "d\"b";
  pool.info.labels["team"] = "t\\m";
  CHECK(
      series_of(one_pool(pool), "dbpool_pool_info") ==
      "dbpool_pool_info{source=\"pgb\",pool=\"pgb/\xEF\xBF\xBD/a\\\"b\\\\c\\nd\",kind=\"owned\",driver=\"\","
      "database=\"d\\\"b\",user=\"\",team=\"t\\\\m\"} 1\n");
}

TEST_CASE("pools of one name in two sources are two pools") {
  FleetSnapshot fleet = one_pool(pool_named("main"));
  fleet.sources.push_back(fleet.sources[0]);
  fleet.sources[1].name = "other";
  CHECK(series_of(fleet, "dbpool_pool_info{source=\"main\",pool=\"main\"").size() > 0);
  CHECK(series_of(fleet, "dbpool_pool_info{source=\"other\",pool=\"main\"").size() > 0);
}

TEST_CASE("the series of a metric stand together, in the order of the fleet") {
  FleetSnapshot fleet = one_pool(known_pool("b"));
  fleet.sources.push_back(source_of(known_pool("a"), SourceKind::owned, {}));
  CHECK(series_of(fleet, "dbpool_waiting_requests") == R"(dbpool_waiting_requests{source="b",pool="b"} 4
dbpool_waiting_requests{source="a",pool="a"} 4
)");
  const std::string text = render_text(fleet);
  CHECK(text.find("# TYPE dbpool_waiting_requests") == text.rfind("# TYPE dbpool_waiting_requests"));
}

TEST_CASE("the default buckets have canonical bounds") {
  PoolSnapshot pool = pool_named("p");
  pool.acquisition_duration = HistogramRecorder(acquisition_buckets()).value();
  const std::string text = series_of(one_pool(pool), "dbpool_acquisition_duration_seconds_bucket");
  std::string bounds;
  for (auto at = text.find("le=\""); at != std::string::npos; at = text.find("le=\"", at)) {
    at += 4;
    bounds += text.substr(at, text.find('"', at) - at) + " ";
  }
  CHECK(
      bounds ==
      "1e-06 1e-05 5e-05 0.0001 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 5.0 10.0 30.0 "
      "+Inf ");
}

TEST_CASE("a large counter keeps its digits") {
  PoolSnapshot pool = pool_named("p");
  pool.acquisitions = 9'007'199'254'740'991;
  CHECK(series_of(one_pool(pool), "dbpool_acquisitions_total") ==
        "dbpool_acquisitions_total{source=\"p\",pool=\"p\"} 9007199254740991\n");
}
