#include "exposition/family_writer.hpp"

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "exposition/render.hpp"
#include "support/fakes/known_fleet.hpp"

using namespace dbpool;

namespace {

std::vector<prometheus::MetricFamily> families_of(const FleetSnapshot& fleet) {
  FamilyWriter families;
  render(fleet, families);
  return families.take();
}

/// Returns the families of one pool and of the exporter.
std::vector<prometheus::MetricFamily> families_of(PoolSnapshot pool) {
  FleetSnapshot fleet;
  fleet.sources.push_back(source_of(std::move(pool), SourceKind::owned, {}));
  fleet.exporter = known_exporter();
  return families_of(fleet);
}

const prometheus::MetricFamily& named(const std::vector<prometheus::MetricFamily>& families,
                                      const std::string& name) {
  const auto found = std::ranges::find(families, name, &prometheus::MetricFamily::name);
  REQUIRE(found != families.end());
  return *found;
}

}  // namespace

TEST_CASE("prometheus-cpp's own writer makes the same text of the families, where it spells numbers alike") {
  FleetSnapshot fleet;
  PoolSnapshot pool = known_pool("a\"b\\c\nd");
  // It writes the bound 1 without ".0", and 2.2505 with sixteen digits.
  pool.acquisition_duration = pool.usage_duration = pool.connect_duration = pool.health_check_duration = {};
  fleet.sources.push_back(source_of(std::move(pool), SourceKind::owned, {}));
  fleet.sources[0].reading = known_reading();
  fleet.exporter = known_exporter();
  const auto families = families_of(fleet);
  CHECK(prometheus::TextSerializer().Serialize(families) == render_text(fleet));
}

TEST_CASE("a histogram's buckets are cumulative and end with infinity") {
  const auto families = families_of(known_pool("orders"));
  const auto& waits = named(families, "dbpool_acquisition_duration_seconds");
  CHECK(waits.type == prometheus::MetricType::Histogram);
  const auto& histogram = waits.metric.at(0).histogram;
  CHECK(histogram.sample_count == 3);
  CHECK(histogram.sample_sum == 2.2505);
  REQUIRE(histogram.bucket.size() == 3);
  CHECK(histogram.bucket[0].upper_bound == 0.001);
  CHECK(histogram.bucket[0].cumulative_count == 1);
  CHECK(histogram.bucket[1].upper_bound == 0.5);
  CHECK(histogram.bucket[1].cumulative_count == 2);
  CHECK(histogram.bucket[2].upper_bound == std::numeric_limits<double>::infinity());
  CHECK(histogram.bucket[2].cumulative_count == 3);
}

TEST_CASE("a metric without series has no family, and infos and state sets are gauges") {
  const auto families = families_of(known_pool("orders"));
  CHECK(std::ranges::find(families, "dbpool_paused", &prometheus::MetricFamily::name) == families.end());
  CHECK(named(families, "dbpool_acquisitions_total").type == prometheus::MetricType::Counter);
  CHECK(named(families, "dbpool_pool_info").type == prometheus::MetricType::Gauge);
  CHECK(named(families, "dbpool_lifecycle_state").type == prometheus::MetricType::Gauge);
}
