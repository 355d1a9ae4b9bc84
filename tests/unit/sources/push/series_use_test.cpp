#include "sources/push/series_use.hpp"

#include <doctest/doctest.h>

#include <array>

#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;
using enum SeriesUse::Figure;

namespace {

constexpr auto rows = std::to_array<PresetField>({
    {"idle", R"(db.count{state="idle"})"},
    {"max", "db.max"},
    {"acquisitions", "db.wait_count - db.timeouts"},
    {"wait_seconds", "db.wait_sum * 1e-3"},
    {"acquisition_duration", "db.wait", TimeUnit::milliseconds},
    {"queries", R"x({__name__=~"db\\.queries\\.(?<kind>.*)"})x"},
});
constexpr auto one_preset = std::to_array<Preset>({{.name = "p", .pool = "{pool}", .fields = rows}});

/// The uses of a series: the names of what it fills, by the mapped series' name or index.
std::vector<SeriesUse> used(PointKind kind, std::string_view name, const Attributes& attributes) {
  static const Mapping mapping(MappingOptions{}, one_preset);
  static const std::vector<SeriesRole> roles = roles_of(mapping);
  const PushedMetric metric{
      .name = name, .unit = {}, .scope = {}, .kind = kind, .temporality = Temporality::cumulative};
  return uses_of(mapping, roles, metric, labels_of(attributes));
}

}  // namespace

TEST_CASE("a number is used where its name and its labels fit") {
  const auto uses = used(PointKind::gauge, "db.count", {{"pool", "a"}, {"state", "idle"}});
  REQUIRE(uses.size() == 1);
  CHECK(uses[0].figure == value);
  CHECK(uses[0].place.name == "a");
  CHECK_FALSE(uses[0].role.is_counter);
  CHECK(used(PointKind::gauge, "db.count", {{"state", "used"}}).empty());
  CHECK(used(PointKind::gauge, "db.wait", {}).empty());
  CHECK(used(PointKind::histogram, "db.max", {}).empty());
  CHECK(used(PointKind::sum, "db.max", {})[0].role.is_max);
}

TEST_CASE("a distribution is used as such, and as its count and sum") {
  const auto uses = used(PointKind::exponential, "db.wait", {});
  REQUIRE(uses.size() == 3);
  CHECK(uses[0].figure == distribution);
  CHECK(uses[0].role.is_acquisition);
  CHECK(uses[1].figure == count);
  CHECK(uses[1].role.is_counter);
  CHECK(uses[2].figure == sum);
}

TEST_CASE("a pattern finds numbers by their names") {
  CHECK(used(PointKind::sum, "db.queries.read", {}).size() == 1);
  CHECK(used(PointKind::sum, "db.queries", {}).empty());
}

TEST_CASE("a metric is wanted if something of it is mapped") {
  const Mapping mapping(MappingOptions{}, one_preset);
  for (const auto* const name : {"db.count", "db.wait", "db.timeouts", "db.queries.x"})
    CHECK(wants_metric(mapping, name));
  for (const auto* const name : {"db", "http.server.duration", ""}) CHECK_FALSE(wants_metric(mapping, name));
}

TEST_CASE("the unit is as configured, else as in the data, else the usual one") {
  MappedSeries series;
  series.usual_unit = TimeUnit::milliseconds;
  CHECK(unit_of(series, "") == TimeUnit::milliseconds);
  CHECK(unit_of(series, "s") == TimeUnit::seconds);
  CHECK(unit_of(series, "By") == std::nullopt);
  series.unit = TimeUnit::nanoseconds;
  CHECK(unit_of(series, "s") == TimeUnit::nanoseconds);
  CHECK(unit_of(series, "1") == TimeUnit::nanoseconds);
}
