#include "exposition/probe_metrics.hpp"

#include <doctest/doctest.h>

#include "support/fakes/pool_named.hpp"

using namespace dbpool;

namespace {

SourceReport target_that_is(std::optional<bool> up) {
  SourceReport report;
  report.name = "pgb/db:6432";
  report.kind = SourceKind::pgbouncer;
  report.reading.up = up;
  report.pools.push_back({SourceKind::pgbouncer, pool_named("pgb/db:6432"), {}});
  return report;
}

std::string text_of_target(std::optional<bool> up) {
  FleetSnapshot fleet;
  fleet.sources.push_back(target_that_is(up));
  return probe_text(fleet, 0.25);
}

bool has(const std::string& text, std::string_view line) {
  return text.find(line) != std::string::npos;
}

}  // namespace

TEST_CASE("a probe shows its target's families, whether it succeeded and how long it took") {
  const std::string text = text_of_target(true);
  CHECK(has(text, "dbpool_up{source=\"pgb/db:6432\",kind=\"pgbouncer\"} 1\n"));
  CHECK(has(text, "dbpool_health_status{source=\"pgb/db:6432\",pool=\"pgb/db:6432\",status=\"unknown\"}"));
  CHECK(has(text, "# TYPE probe_success gauge\nprobe_success 1\n"));
  CHECK(has(text, "# TYPE probe_duration_seconds gauge\nprobe_duration_seconds 0.25\n"));
}

TEST_CASE("a probe shows nothing of the exporter itself") {
  const std::string text = text_of_target(true);
  CHECK_FALSE(has(text, "dbpool_exporter_"));
  CHECK_FALSE(has(text, "process_"));
}

TEST_CASE("a probe of a target that is down, or not known to be up, has not succeeded") {
  CHECK(has(text_of_target(false), "probe_success 0\n"));
  CHECK(has(text_of_target(std::nullopt), "probe_success 0\n"));
}
