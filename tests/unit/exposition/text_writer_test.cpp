#include "exposition/text_writer.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exposition/metric_catalog.hpp"

using namespace dbpool;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Metric metric(std::string_view name, MetricType type, std::string_view help = "How big.") {
  return {name, type, Unit::none, "", help, PoolReader{}};
}

/// Returns the text of a gauge without labels.
std::string written(double value) {
  TextWriter writer;
  const Metric gauge = metric("x", MetricType::gauge, "y");
  writer.begin_metric(gauge);
  writer.begin_report({});
  writer.add(value);
  return writer.take();
}

/// `counts`: one for each bucket, the last for +Inf.
std::shared_ptr<const Histogram> histogram(std::vector<double> bounds, Histogram::Counts counts, double sum) {
  return std::make_shared<const Histogram>(std::make_shared<const std::vector<double>>(std::move(bounds)),
                                           std::move(counts), sum);
}

/// Returns the value of each `le` of a histogram with these bounds.
std::vector<std::string> spelled(std::vector<double> bounds) {
  TextWriter writer;
  const Metric waits = metric("wait", MetricType::histogram);
  writer.begin_metric(waits);
  writer.begin_report({});
  Histogram::Counts counts(bounds.size() + 1);
  writer.add(histogram(std::move(bounds), std::move(counts), 0));
  const std::string text = writer.take();
  std::vector<std::string> all;
  for (auto at = text.find("le=\""); at != std::string::npos; at = text.find("le=\"", at)) {
    at += 4;
    all.push_back(text.substr(at, text.find('"', at) - at));
  }
  return all;
}

}  // namespace

TEST_CASE("a gauge is written with its help, its type and its labels, the report's first") {
  TextWriter writer;
  const Metric size = metric("size", MetricType::gauge);
  writer.begin_metric(size);
  writer.begin_report(std::vector{Label{"source", "pgb"}, Label{"pool", "orders"}});
  writer.add(2, {"state", "idle"});
  writer.add(3);
  writer.begin_report({});
  writer.add(4, {"state", "idle"});
  writer.add(5);
  CHECK(writer.take() ==
        "# HELP size How big.\n# TYPE size gauge\n"
        "size{source=\"pgb\",pool=\"orders\",state=\"idle\"} 2\n"
        "size{source=\"pgb\",pool=\"orders\"} 3\n"
        "size{state=\"idle\"} 4\n"
        "size 5\n");
}

TEST_CASE("an info and a state set are gauges in this format") {
  for (const auto& [type, name] : {std::pair{MetricType::counter, "counter"},
                                   {MetricType::info, "gauge"},
                                   {MetricType::state_set, "gauge"}}) {
    TextWriter writer;
    const Metric size = metric("size", type);
    writer.begin_metric(size);
    writer.begin_report({});
    writer.add(1);
    CHECK(writer.take() == std::string("# HELP size How big.\n# TYPE size ") + name + "\nsize 1\n");
  }
}

TEST_CASE("a metric without series is not written, and neither is an unknown value") {
  TextWriter writer;
  const Metric unknown = metric("unknown", MetricType::gauge);
  const Metric known = metric("known", MetricType::gauge);
  const Metric last = metric("last", MetricType::gauge);
  writer.begin_metric(unknown);
  writer.begin_report({});
  writer.add(PoolSnapshot::Count());
  writer.add(PoolSnapshot::Seconds(), {"state", "idle"});
  writer.add(PoolSnapshot::Time());
  writer.add(std::shared_ptr<const Histogram>());
  writer.begin_metric(known);
  writer.begin_report({});
  writer.add(std::optional(true));
  writer.begin_metric(last);
  CHECK(writer.take() == "# HELP known How big.\n# TYPE known gauge\nknown 1\n");
  CHECK(TextWriter().take().empty());
}

TEST_CASE("what would end a label or a line is escaped, in help without the quotes") {
  TextWriter writer;
  const Metric size = metric("size", MetricType::gauge, "a \"b\" \\ c\nd");
  writer.begin_metric(size);
  writer.begin_report({});
  writer.add(1, {"pool", "a\"b\\c\nd"});
  writer.add(1, {"pool", "\n\n"});
  CHECK(writer.take() ==
        "# HELP size a \"b\" \\\\ c\\nd\n# TYPE size gauge\n"
        "size{pool=\"a\\\"b\\\\c\\nd\"} 1\nsize{pool=\"\\n\\n\"} 1\n");
}

TEST_CASE("numbers have the shortest digits that name them, and the special ones their names") {
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
    CHECK(written(number) == "# HELP x y\n# TYPE x gauge\nx " + text + "\n");
  }
}

TEST_CASE("a histogram has its buckets, its sum and its count") {
  TextWriter writer;
  const Metric wait = metric("wait", MetricType::histogram, "Waiting.");
  writer.begin_metric(wait);
  writer.begin_report(std::vector{Label{"pool", "a"}});
  writer.add(histogram({0.1, 1}, {2, 0, 1}, 1.65));
  CHECK(writer.take() ==
        "# HELP wait Waiting.\n# TYPE wait histogram\n"
        "wait_bucket{pool=\"a\",le=\"0.1\"} 2\nwait_bucket{pool=\"a\",le=\"1.0\"} 2\n"
        "wait_bucket{pool=\"a\",le=\"+Inf\"} 3\n"
        "wait_sum{pool=\"a\"} 1.65\nwait_count{pool=\"a\"} 3\n");
}

TEST_CASE("a bound is spelled as OpenMetrics requires, so that le is one text in every format") {
  // The canonical numbers of https://github.com/prometheus/OpenMetrics, and what Go's %g makes of others.
  const std::vector<std::pair<double, std::string>> bounds{
      {1e-6, "1e-06"},
      {1e-5, "1e-05"},
      {0.0001, "0.0001"},
      {0.025, "0.025"},
      {1, "1.0"},
      {2.5, "2.5"},
      {10, "10.0"},
      {30, "30.0"},
      {100000, "100000.0"},
      {123456, "123456.0"},
      {1e6, "1e+06"},
      {1234567, "1.234567e+06"},
      {1234567.5, "1.2345675e+06"},
      {1e9, "1e+09"},
  };
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (const auto& [number, text] : bounds) {
    numbers.push_back(number);
    texts.push_back(text);
  }
  texts.push_back("+Inf");
  CHECK(spelled(numbers) == texts);
}

TEST_CASE("each histogram has its own bounds, also after one with others") {
  TextWriter writer;
  const Metric wait = metric("wait", MetricType::histogram, "Waiting.");
  writer.begin_metric(wait);
  writer.begin_report({});
  writer.add(histogram({1, 2, 3}, {0, 0, 0, 0}, 0));
  writer.add(histogram({4}, {0, 0}, 0));
  writer.add(histogram({4}, {0, 0}, 0));
  const std::string four =
      "wait_bucket{le=\"4.0\"} 0\nwait_bucket{le=\"+Inf\"} 0\nwait_sum 0\nwait_count 0\n";
  CHECK(writer.take() ==
        "# HELP wait Waiting.\n# TYPE wait histogram\n"
        "wait_bucket{le=\"1.0\"} 0\nwait_bucket{le=\"2.0\"} 0\nwait_bucket{le=\"3.0\"} 0\n"
        "wait_bucket{le=\"+Inf\"} 0\nwait_sum 0\nwait_count 0\n" +
            four + four);
}
