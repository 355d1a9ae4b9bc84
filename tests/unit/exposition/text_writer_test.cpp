#include "exposition/text_writer.hpp"

#include <doctest/doctest.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>

using dbpool::TextWriter;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

ClientMetric gauge(double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return metric;
}

std::string written(MetricFamily family) {
  return TextWriter().text({std::move(family)});
}

}  // namespace

TEST_CASE("a gauge is written with its help, its type and its labels") {
  CHECK(
      written({"size", "How big.", MetricType::Gauge, {gauge(2, {{"pool", "orders"}, {"state", "idle"}})}}) ==
      "# HELP size How big.\n# TYPE size gauge\nsize{pool=\"orders\",state=\"idle\"} 2\n");
}

TEST_CASE("what would end a label or a line is escaped, in help without the quotes") {
  CHECK(written({"size", "a \"b\" \\ c\nd", MetricType::Gauge, {gauge(1, {{"pool", "a\"b\\c\nd"}})}}) ==
        "# HELP size a \"b\" \\\\ c\\nd\n# TYPE size gauge\nsize{pool=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST_CASE("numbers have the shortest digits that name them, and the special ones their names") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<double, std::string>> numbers{
      {0.1, "0.1"},
      {1e-6, "1e-06"},
      {5e-5, "5e-05"},
      {1e-4, "0.0001"},
      {5e-4, "0.0005"},
      {0.0025, "0.0025"},
      {100000, "100000"},
      {1e19, "1e+19"},
      {1234567890123, "1234567890123"},
      {-2.5, "-2.5"},
      {infinity, "+Inf"},
      {-infinity, "-Inf"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
      {1.0 / 3, "0.3333333333333333"},
  };
  for (const auto& [number, text] : numbers) {
    CHECK(written({"x", "y", MetricType::Gauge, {gauge(number)}}) ==
          "# HELP x y\n# TYPE x gauge\nx " + text + "\n");
  }
}

TEST_CASE("a histogram has its buckets, its sum and its count") {
  ClientMetric metric;
  metric.label = {{"pool", "a"}};
  metric.histogram = {3, 0.25, {{1, 0.1}, {3, std::numeric_limits<double>::infinity()}}};
  CHECK(written({"wait", "Waiting.", MetricType::Histogram, {metric}}) ==
        "# HELP wait Waiting.\n# TYPE wait histogram\n"
        "wait_bucket{pool=\"a\",le=\"0.1\"} 1\nwait_bucket{pool=\"a\",le=\"+Inf\"} 3\n"
        "wait_sum{pool=\"a\"} 0.25\nwait_count{pool=\"a\"} 3\n");
}

TEST_CASE("nothing is written as nothing") {
  CHECK(TextWriter().text({}).empty());
}

TEST_CASE("it writes to a stream what it writes to a string") {
  const std::vector<MetricFamily> families{{"size", "How big.", MetricType::Counter, {gauge(2)}}};
  std::ostringstream stream;
  TextWriter().Serialize(stream, families);
  CHECK(stream.str() == TextWriter().text(families));
}

TEST_CASE("of gauges it writes what prometheus-cpp's own writer does") {
  const std::vector<MetricFamily> families{
      {"size", "How big.", MetricType::Gauge, {gauge(2, {{"a", "x\"y"}}), gauge(0.5)}}};
  CHECK(TextWriter().text(families) == prometheus::TextSerializer().Serialize(families));
}
