#include "exposition/metric_catalog.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "exposition/family_writer.hpp"
#include "exposition/render.hpp"
#include "model/figures.hpp"
#include "support/fakes/known_fleet.hpp"

using namespace dbpool;

namespace {

/// Figures that health, the documents and the history use, and that no metric shows.
const std::set<std::string_view> figures_without_metric{
    "probing",         "configured",       "utilization",      "max_age",
    "probing_waiters", "errors_recent",    "errors_last_hour", "response_time",
    "last_timeout_at", "wait_judged_peak", "last_error",       "last_connect_ok",
    "last_contact_ok", "pool_mode",        "limited_by",       "source_status"};

}  // namespace

TEST_CASE("every metric has a name of its own, well formed") {
  std::set<std::string_view> names;
  for (const Metric& metric : metric_catalog()) {
    CAPTURE(metric.name);
    CHECK(names.insert(metric.name).second);
    CHECK((metric.name.starts_with("dbpool_") || metric.name.starts_with("process_")));
    CHECK(metric.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    CHECK_FALSE(metric.name.ends_with('_'));
    CHECK(metric.name.find("__") == std::string_view::npos);
  }
}

TEST_CASE("counters end in _total, and nothing else looks like a counter or a part of a histogram") {
  for (const Metric& metric : metric_catalog()) {
    CAPTURE(metric.name);
    CHECK((metric.type == MetricType::counter) == metric.name.ends_with("_total"));
    for (const auto ending : {"_count", "_sum", "_bucket", "_info_total"})
      CHECK_FALSE(metric.name.ends_with(ending));
  }
}

TEST_CASE("no name is one that OpenMetrics reserves for the samples of another family") {
  std::set<std::string> families, reserved;
  for (const Metric& metric : metric_catalog()) {
    const bool is_counter = metric.type == MetricType::counter;
    const std::string family(
        metric.name.substr(0, is_counter ? metric.name.rfind("_total") : std::string::npos));
    CHECK_MESSAGE(families.insert(family).second, family);
    if (is_counter) reserved.insert({family + "_total", family + "_created"});
    if (metric.type == MetricType::histogram)
      reserved.insert({family + "_bucket", family + "_sum", family + "_count", family + "_created"});
  }
  for (const std::string& family : families) CHECK_MESSAGE(!reserved.contains(family), family);
}

TEST_CASE("every metric has a help text of one line that Markdown can hold, with its unit") {
  for (const Metric& metric : metric_catalog()) {
    CAPTURE(metric.name);
    CHECK(metric.help.ends_with('.'));
    CHECK(metric.help.find_first_of("\n|\\") == std::string_view::npos);
    const bool in_seconds = metric.name.find("_seconds") != std::string_view::npos;
    CHECK(in_seconds == (metric.help.find("seconds") != std::string_view::npos));
    const bool in_bytes = metric.name.ends_with("_bytes");
    CHECK(in_bytes == (metric.help.find("bytes") != std::string_view::npos));
  }
}

TEST_CASE("a metric's unit is a word of its name, and the last one where OpenMetrics can show it") {
  const std::set<std::string_view> named_before_units{"dbpool_wait_seconds_peak",
                                                      "dbpool_wait_seconds_recent_peak"};
  for (const Metric& metric : metric_catalog()) {
    CAPTURE(metric.name);
    const std::string words = "_" + std::string(metric.name.substr(0, metric.name.rfind("_total"))) + "_";
    for (const Unit unit : {Unit::seconds, Unit::bytes, Unit::ratio}) {
      const std::string word = "_" + std::string(to_string(unit)) + "_";
      CHECK((metric.unit == unit) == (words.find(word) != std::string::npos));
      CHECK((metric.unit == unit && !named_before_units.contains(metric.name)) == words.ends_with(word));
    }
  }
}

TEST_CASE("infos and state sets have labels, and an info's name says so") {
  for (const Metric& metric : metric_catalog()) {
    CAPTURE(metric.name);
    const bool is_info = metric.type == MetricType::info;
    CHECK(is_info == metric.name.ends_with("_info"));
    if (is_info || metric.type == MetricType::state_set) CHECK_FALSE(metric.own_labels.empty());
  }
}

TEST_CASE("every metric has series when everything is known, with just the labels it names") {
  FleetSnapshot fleet;
  fleet.sources.push_back(source_of(known_pooler("pgb"), SourceKind::pgbouncer, {}));
  fleet.sources[0].pools[0].figures.info.labels.clear();
  fleet.sources[0].pools[0].diagnosis = known_diagnosis();
  fleet.sources[0].reading = known_reading();
  fleet.sources[0].reading.pushed = PushCounts{.used = 1, .rejected = {}, .lost = 0, .senders = 1};
  fleet.exporter = known_exporter();
  FamilyWriter writer;
  render(fleet, writer);
  const auto families = writer.take();
  const auto catalog = metric_catalog();
  REQUIRE(families.size() == catalog.size());
  for (std::size_t i = 0; i < catalog.size(); ++i) {
    CAPTURE(catalog[i].name);
    CHECK(families[i].name == catalog[i].name);
    CHECK(families[i].help == catalog[i].help);
    for (const auto& series : families[i].metric) {
      std::string labels;
      for (const auto& label : series.label) labels += (labels.empty() ? "" : ", ") + label.name;
      CHECK(labels == catalog[i].labels());
    }
  }
}

TEST_CASE("the Markdown table has one row for each metric") {
  const std::string table = catalog_markdown();
  CHECK(static_cast<std::size_t>(std::ranges::count(table, '\n')) == metric_catalog().size() + 2);
  CHECK(
      table.starts_with("| name | type | labels | help |\n|---|---|---|---|\n| `dbpool_pool_info` | gauge | "
                        "source, pool, kind, driver, database, user | "));
  CHECK(table.find("\n| `dbpool_up` | gauge | source, kind | ") != std::string::npos);
  CHECK(table.find("\n| `dbpool_source_reads_total` | counter | source | ") != std::string::npos);
  CHECK(table.find("\n| `dbpool_usage_duration_seconds` | histogram | source, pool | ") != std::string::npos);
  CHECK(table.find("\n| `process_threads` | gauge |  | ") != std::string::npos);
}

TEST_CASE("every figure has series, but for those that no metric shows") {
  FleetSnapshot fleet;
  fleet.sources.push_back(source_of(known_pooler("pgb"), SourceKind::pgbouncer, {}));
  const std::string all = render_text(fleet);
  for (const Figure& figure : figure_table) {
    CAPTURE(figure.name);
    FleetSnapshot without = fleet;
    PoolSnapshot& pool = without.sources[0].pools[0].figures;
    std::visit([&](auto member) { pool.*member = {}; }, figure.member);
    CHECK((render_text(without) == all) == figures_without_metric.contains(figure.name));
  }
}
