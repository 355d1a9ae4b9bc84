#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "exposition/metric_catalog.hpp"
#include "exposition/render.hpp"
#include "exposition/text_writer.hpp"
#include "support/fakes/known_fleet.hpp"

using namespace dbpool;

namespace {

using std::chrono::milliseconds;

constexpr double endless = std::numeric_limits<double>::infinity();

Metric described(std::string_view name, MetricType type, Unit unit = Unit::none,
                 std::string_view help = "How big.") {
  return {name, type, unit, "", help, PoolReader{}};
}

/// Returns the text of one series of 1 without labels.
std::string text_of(const Metric& metric) {
  TextWriter writer(MetricsFormat::openmetrics);
  writer.begin_metric(metric);
  writer.begin_report({});
  writer.add(1);
  return writer.take();
}

Exemplar traced(double value, milliseconds since_1970, std::string trace_id = "4bf9") {
  return {value, std::chrono::system_clock::time_point(since_1970), {{"trace_id", std::move(trace_id)}}};
}

/// Returns the bucket lines of a histogram with the bounds 0.1 and 1.
std::string buckets_with(Histogram::Exemplars exemplars, MetricsFormat format = MetricsFormat::openmetrics) {
  TextWriter writer(format);
  const Metric wait = described("wait_seconds", MetricType::histogram, Unit::seconds);
  writer.begin_metric(wait);
  writer.begin_report(std::vector{Label{"pool", "a"}});
  writer.add(
      std::make_shared<const Histogram>(std::make_shared<const std::vector<double>>(std::vector{0.1, 1.0}),
                                        Histogram::Counts{2, 0, 1}, 1.65, std::move(exemplars)));
  std::istringstream lines(writer.take());
  std::string buckets;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("_bucket") != std::string::npos) buckets += line + "\n";
  }
  return buckets;
}

/// Returns what stands behind the count of the first bucket.
std::string behind_first(const Exemplar& exemplar) {
  const std::string line = buckets_with({exemplar, std::nullopt, std::nullopt});
  const std::string count = "le=\"0.1\"} 2";
  const auto begin = line.find(count) + count.size();
  return line.substr(begin, line.find('\n') - begin);
}

FleetSnapshot fleet_of_everything() {
  FleetSnapshot fleet;
  fleet.sources.push_back(source_of(known_pool("orders"), SourceKind::owned, {HealthStatus::healthy, {}}));
  fleet.sources.push_back(source_of(known_pooler("pgb"), SourceKind::pgbouncer, {}));
  fleet.sources.back().reading = known_reading();
  fleet.exporter = known_exporter();
  return fleet;
}

}  // namespace

TEST_CASE("OpenMetrics has the type, the unit and then the help of a family, and a mark at its end") {
  CHECK(
      text_of(described("wait_seconds", MetricType::gauge, Unit::seconds)) ==
      "# TYPE wait_seconds gauge\n# UNIT wait_seconds seconds\n# HELP wait_seconds How big.\nwait_seconds 1\n"
      "# EOF\n");
  CHECK(TextWriter(MetricsFormat::openmetrics).take() == "# EOF\n");
}

TEST_CASE("the family of a counter has no _total in OpenMetrics, its sample has") {
  CHECK(text_of(described("cpu_seconds_total", MetricType::counter, Unit::seconds)) ==
        "# TYPE cpu_seconds counter\n# UNIT cpu_seconds seconds\n# HELP cpu_seconds How big.\n"
        "cpu_seconds_total 1\n# EOF\n");
}

TEST_CASE("a unit is written only where the name of the family ends in it") {
  CHECK(text_of(described("wait_seconds_peak", MetricType::gauge, Unit::seconds)).find("UNIT") ==
        std::string::npos);
  CHECK(text_of(described("size", MetricType::gauge)).find("UNIT") == std::string::npos);
}

TEST_CASE("an info and a state set stay gauges in OpenMetrics, so that their series keep their names") {
  for (const MetricType type : {MetricType::info, MetricType::state_set})
    CHECK(text_of(described("size_info", type)).starts_with("# TYPE size_info gauge\n"));
}

TEST_CASE("in OpenMetrics the quotes of a help are escaped too") {
  CHECK(text_of(described("x", MetricType::gauge, Unit::none, "a \"b\" \\ c\nd"))
            .find("# HELP x a \\\"b\\\" \\\\ c\\nd\n") != std::string::npos);
}

TEST_CASE("a bucket has its exemplar behind its count, in OpenMetrics alone") {
  const Histogram::Exemplars exemplars{traced(0.05, milliseconds(1'700'000'000'123)), std::nullopt,
                                       traced(1.5, milliseconds(1'700'000'000'000))};
  CHECK(buckets_with(exemplars) ==
        "wait_seconds_bucket{pool=\"a\",le=\"0.1\"} 2 # {trace_id=\"4bf9\"} 0.05 1700000000.123\n"
        "wait_seconds_bucket{pool=\"a\",le=\"1.0\"} 2\n"
        "wait_seconds_bucket{pool=\"a\",le=\"+Inf\"} 3 # {trace_id=\"4bf9\"} 1.5 1700000000.000\n");
  CHECK(buckets_with(exemplars, MetricsFormat::prometheus) == buckets_with({}, MetricsFormat::prometheus));
}

TEST_CASE("an exemplar may have several labels, whose values are escaped") {
  Exemplar slow = traced(0.05, milliseconds(1));
  slow.labels = {{"lease", "7"}, {"site", "a\"b\\c"}};
  CHECK(behind_first(slow) == " # {lease=\"7\",site=\"a\\\"b\\\\c\"} 0.05 0.001");
}

TEST_CASE("an exemplar that OpenMetrics forbids is left out, and its bucket stays") {
  const milliseconds now(1'700'000'000'000);
  CHECK(behind_first(traced(0.1, now)) != "");
  CHECK(behind_first(traced(0.11, now)) == "");
  CHECK(behind_first(traced(-endless, now)) == "");
  CHECK(behind_first(traced(std::numeric_limits<double>::quiet_NaN(), now)) == "");
  CHECK(behind_first(traced(0.1, milliseconds(-1))) == "");
  CHECK(behind_first(traced(0.1, now, std::string(120, 'x'))) != "");
  CHECK(behind_first(traced(0.1, now, std::string(121, 'x'))) == "");
  std::string umlauts;
  for (int i = 0; i < 120; ++i) umlauts += "\xC3\xA4";
  CHECK(behind_first(traced(0.1, now, umlauts)) != "");
  const std::string second = buckets_with({std::nullopt, traced(0.1, now), std::nullopt});
  CHECK(second == buckets_with({}));
}

TEST_CASE("a whole fleet is a valid OpenMetrics text, with the same series as in the text format") {
  const FleetSnapshot fleet = fleet_of_everything();
  const std::string text = render_text(fleet, MetricsFormat::openmetrics);
  REQUIRE(text.ends_with("\n# EOF\n"));
  std::istringstream lines(text);
  std::set<std::string> families;
  std::string family, samples;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      CHECK_MESSAGE(families.insert(family).second, line);
    }
    if (line.starts_with('#')) {
      const bool is_known = line == "# EOF" || line.starts_with("# TYPE " + family + " ") ||
                            line.starts_with("# UNIT " + family + " ") ||
                            line.starts_with("# HELP " + family + " ");
      CHECK_MESSAGE(is_known, line);
    } else {
      CHECK_MESSAGE(line.starts_with(family), line);
      samples += line.substr(0, line.find(" # ")) + "\n";
    }
  }
  std::istringstream plain(render_text(fleet));
  std::string expected;
  for (std::string line; std::getline(plain, line);) {
    if (!line.starts_with('#')) expected += line + "\n";
  }
  CHECK(samples == expected);
}
