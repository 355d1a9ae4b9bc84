#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "contract/alert_rules.hpp"
#include "exposition/metric_catalog.hpp"

// Checks that what the agents of deploy/fleet leave out is missed by nothing at the centre.

using namespace dbpool;

namespace fs = std::filesystem;

namespace {

using SeriesNames = std::set<std::string>;

const fs::path repository = DBPOOL_SOURCE_DIR;

/// Returns the names of all series that an exporter has.
SeriesNames exported_series() {
  SeriesNames names;
  for (const Metric& metric : metric_catalog()) {
    const std::string name(metric.name);
    if (metric.type != MetricType::histogram) {
      names.insert(name);
      continue;
    }
    for (const char* suffix : {"_bucket", "_sum", "_count"}) names.insert(name + suffix);
  }
  return names;
}

/// Adds to `names` the exported series that a file names.
void add_named_in(const fs::path& file, SeriesNames& names) {
  static const SeriesNames exported = exported_series();
  for (const auto& word : words(read(file), R"([A-Za-z_:][\w:]*)")) {
    if (exported.contains(word)) names.insert(word);
  }
}

/// Returns the exported series of the rules and of the dashboard of the fleet.
SeriesNames needed_at_a_glance() {
  SeriesNames names;
  for (const auto& file : files_in(alerts_folder(), ".yml")) add_named_in(file, names);
  add_named_in(repository / "deploy/fleet/fleet.rules.yml", names);
  add_named_in(repository / "grafana/dbpool-fleet.json", names);
  return names;
}

/// Returns those of the overview and of the runbooks, too.
SeriesNames needed_in_all() {
  SeriesNames names = needed_at_a_glance();
  add_named_in(repository / "grafana/dbpool-overview.json", names);
  for (const auto& file : files_in(alerts_folder() / "runbooks", ".md")) add_named_in(file, names);
  return names;
}

/// Returns the names that one relabelling drops. REQUIRES: it drops by a list of whole names.
SeriesNames dropped_by(const YAML::Node& relabelling) {
  REQUIRE(text(relabelling["action"]) == "drop");
  REQUIRE(relabelling["source_labels"].size() == 1);
  REQUIRE(text(relabelling["source_labels"][0]) == "__name__");
  SeriesNames names;
  for (const auto& name : words(text(relabelling["regex"]), R"([^|]+)")) {
    CHECK_MESSAGE(std::regex_match(name, std::regex("[a-z_]+")), name);
    names.insert(name);
  }
  return names;
}

/// Returns the text of docs/fleet.md between the comments `<!-- NAME -->` and `<!-- /NAME -->`.
std::string section_of_the_page(const std::string& name) {
  const auto page = read(repository / "docs/fleet.md");
  const auto begin = page.find("<!-- " + name + " -->");
  const auto end = page.find("<!-- /" + name + " -->");
  REQUIRE(begin < end);
  REQUIRE(end != std::string::npos);
  return page.substr(begin, end - begin);
}

}  // namespace

TEST_CASE("the agents send every series that an alert, a dashboard or a runbook names, and no other") {
  SeriesNames surplus{"scrape_duration_seconds", "scrape_samples_scraped",
                      "scrape_samples_post_metric_relabeling", "scrape_series_added"};
  const SeriesNames needed = needed_in_all();
  REQUIRE(needed.size() > 50);
  for (const auto& name : exported_series()) {
    if (!needed.contains(name)) surplus.insert(name);
  }
  SeriesNames dropped;
  const auto agent = YAML::LoadFile((repository / "deploy/fleet/agent.yml").string());
  for (const auto& relabelling : agent["remote_write"][0]["write_relabel_configs"]) {
    dropped.merge(dropped_by(relabelling));
  }
  for (const auto& name : dropped) CHECK_MESSAGE(surplus.contains(name), name << " is needed or unknown");
  for (const auto& name : surplus) CHECK_MESSAGE(dropped.contains(name), name << " is sent for nothing");
}

TEST_CASE("a fleet that drops the buckets keeps its alerts and its dashboard") {
  const auto patterns = words(section_of_the_page("large fleet"), R"re(regex: "([^"]+)")re");
  REQUIRE(patterns.size() == 1);
  const std::regex dropped(patterns.front());
  for (const auto& name : needed_at_a_glance()) CHECK_MESSAGE(!std::regex_match(name, dropped), name);
  for (const auto& name : exported_series()) {
    if (name.ends_with("_bucket")) CHECK_MESSAGE(std::regex_match(name, dropped), name);
  }
}

TEST_CASE("the alert about an agent leads to a section of the page about fleets") {
  const auto rules_of_fleet = YAML::LoadFile((repository / "deploy/fleet/fleet.rules.yml").string());
  const auto alert = rules_of_fleet["groups"][0]["rules"][0];
  CHECK(text(alert["annotations"]["runbook_url"]).ends_with("/fleet.md#an-agent-is-silent"));
  CHECK(read(repository / "docs/fleet.md").find("\n## An agent is silent\n") != std::string::npos);
}

TEST_CASE("the centre loads the rules of a single Prometheus, and a second centre sends no second page") {
  const auto centre = YAML::LoadFile((repository / "deploy/fleet/central.yml").string());
  SeriesNames files;
  for (const auto& file : centre["rule_files"]) files.insert(fs::path(text(file)).filename().string());
  CHECK(files == SeriesNames{"dbpool.rules.yml", "dbpool-slo.rules.yml", "fleet.rules.yml"});
  const auto relabelling = centre["alerting"]["alert_relabel_configs"][0];
  CHECK(text(relabelling["action"]) == "labeldrop");
  REQUIRE(centre["global"]["external_labels"].size() == 1);
  CHECK(centre["global"]["external_labels"].begin()->first.as<std::string>() == text(relabelling["regex"]));
}
