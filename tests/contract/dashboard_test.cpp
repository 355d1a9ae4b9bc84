#include "contract/dashboard.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "contract/promql.hpp"
#include "exposition/metric_catalog.hpp"

using namespace dbpool;
using Json = nlohmann::json;

namespace {

namespace fs = std::filesystem;

const fs::path root = DBPOOL_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> words(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    found.insert((*match)[1]);
  return found;
}

std::string rules() {
  return read(root / "alerts/dbpool.rules.yml") + read(root / "alerts/dbpool-slo.rules.yml");
}

/// Returns every series that a query may select, with its labels other than job and instance.
std::map<std::string, std::set<std::string>> known_series() {
  std::map<std::string, std::set<std::string>> known;
  for (const Metric& metric : metric_catalog()) {
    auto labels = words(metric.labels(), R"((\w+))");
    const std::string name(metric.name);
    known[name] = labels;
    if (metric.type != MetricType::histogram) continue;
    known[name + "_sum"] = known[name + "_count"] = labels;
    labels.insert("le");
    known[name + "_bucket"] = labels;
  }
  for (const auto& record : words(rules(), R"(record:\s*(\S+))")) known[record] = {"source", "pool"};
  known["up"] = {};
  known["ALERTS"] = {"alertname", "alertstate", "severity", "component", "slo", "source", "pool"};
  return known;
}

bool overlap(const Json& a, const Json& b) {
  const auto apart = [&](const char* at, const char* size) {
    return a[at].get<int>() + a[size].get<int>() <= b[at].get<int>() ||
           b[at].get<int>() + b[size].get<int>() <= a[at].get<int>();
  };
  return !apart("x", "w") && !apart("y", "h");
}

void check_grid(const Json& siblings) {
  for (std::size_t i = 0; i < siblings.size(); ++i) {
    const Json& place = siblings[i]["gridPos"];
    INFO(siblings[i]["title"]);
    CHECK(place["x"].get<int>() >= 0);
    CHECK(place["x"].get<int>() + place["w"].get<int>() <= 24);
    CHECK(std::min(place["w"].get<int>(), place["h"].get<int>()) >= 1);
    for (std::size_t j = 0; j < i; ++j) {
      CHECK_MESSAGE(!overlap(place, siblings[j]["gridPos"]), "covers " << siblings[j]["title"]);
    }
  }
}

/// Checks the variable that is chosen among the values of a label, within what is chosen before it.
void check_choice(const Json& variables, std::size_t at, const std::string& name) {
  const Json& variable = variables[at];
  INFO(name);
  CHECK(variable["name"] == name);
  CHECK(variable["type"] == "query");
  CHECK(variable["datasource"]["uid"] == "${datasource}");
  CHECK(variable["multi"] == true);
  CHECK(variable["includeAll"] == true);
  CHECK(variable["allValue"] == ".+");
  CHECK(variable["refresh"] == 2);
  const std::string query = variable["query"]["query"];
  CHECK(query.starts_with("label_values("));
  CHECK(query.ends_with(", " + name + ")"));
  for (std::size_t before = 1; before < at; ++before) {
    const std::string other = variables[before]["name"];
    CHECK(query.find(other + "=~\"$" + other + "\"") != std::string::npos);
  }
}

std::vector<Json> all_panels() {
  auto all = panels(overview());
  for (const Json& panel : panels(fleet_dashboard())) all.push_back(panel);
  return all;
}

/// Returns the titles of the rows.
std::vector<std::string> rows_of(const Json& dashboard) {
  std::vector<std::string> rows;
  for (const Json& panel : dashboard["panels"]) {
    if (panel["type"] == "row") rows.push_back(panel["title"]);
  }
  return rows;
}

/// Returns the labels that an expression makes up itself.
std::set<std::string> labels_made_by(const std::string& expression) {
  auto labels = words(expression, R"re("(\w+)", "\w+", "", ""\))re");
  labels.merge(words(expression, R"re("(\w+)", "", "\$?\w+"\))re"));
  labels.merge(words(expression, R"re(count_values\("(\w+)")re"));
  return labels;
}

}  // namespace

TEST_CASE("a file provider can load the dashboards, and no one edits them by accident") {
  CHECK(overview()["uid"] == "dbpool-overview");
  CHECK(fleet_dashboard()["uid"] == "dbpool-fleet");
  for (const Json& dashboard : dashboards()) {
    INFO(dashboard["uid"]);
    CHECK(dashboard["editable"] == false);
    CHECK(dashboard["tags"].size() >= 1);
    for (const char* key : {"__inputs", "__requires", "id"}) CHECK_MESSAGE(!dashboard.contains(key), key);
  }
}

TEST_CASE("a dashboard is chosen by data source, job and instance, and the overview by pool too") {
  CHECK(overview()["templating"]["list"].size() == 4);
  for (const Json& dashboard : dashboards()) {
    const Json& variables = dashboard["templating"]["list"];
    REQUIRE(variables.size() == 4);
    CHECK(variables[0]["name"] == "datasource");
    CHECK(variables[0]["label"] == "Data source");
    CHECK(variables[0]["type"] == "datasource");
    CHECK(variables[0]["query"] == "prometheus");
    check_choice(variables, 1, "job");
    check_choice(variables, 2, "instance");
  }
  check_choice(overview()["templating"]["list"], 3, "pool");
  CHECK(fleet_dashboard()["templating"]["list"][3]["name"] == "by");
}

TEST_CASE("every series and label that the dashboard asks for is exported or recorded") {
  const auto known = known_series();
  REQUIRE(dashboard_queries().size() > 50);
  for (const DashboardQuery& query : dashboard_queries()) {
    INFO(query.where, ": ", query.expression);
    auto labels = labels_made_by(query.expression);
    labels.insert({"job", "instance"});
    const auto selectors = selectors_in(query.expression);
    CHECK(!selectors.empty());
    for (const Selector& selector : selectors) {
      const auto series = known.find(selector.name);
      REQUIRE_MESSAGE(series != known.end(), selector.name);
      for (const auto& label : labels_in(selector)) {
        const bool exists = series->second.contains(label) || label == "job" || label == "instance";
        CHECK_MESSAGE(exists, selector.name << " has no label " << label);
      }
      labels.insert(series->second.begin(), series->second.end());
    }
    auto used = grouping_labels_in(query.expression);
    used.merge(words(query.legend, R"(\{\{(\w+)\}\})"));
    for (const auto& label : used) CHECK_MESSAGE(labels.contains(label), label);
  }
}

TEST_CASE("every selector keeps to the chosen jobs and instances") {
  for (const DashboardQuery& query : dashboard_queries()) {
    for (const Selector& selector : selectors_in(query.expression)) {
      INFO(query.where, ": ", selector.name, "{", selector.matchers, "}");
      CHECK(selector.matchers.find("job=~\"$job\"") != std::string::npos);
      CHECK(selector.matchers.find("instance=~\"$instance\"") != std::string::npos);
    }
  }
}

TEST_CASE("a rate is taken over what fits the scrape interval, a total over the time shown") {
  static const std::regex rate(R"(\b(?:rate|irate|increase)\(\w+\{[^}]*\}\[([^\]]*)\]\))");
  static const std::regex any_rate(R"(\b(?:rate|irate|increase|delta)\()");
  int rates = 0;
  for (const DashboardQuery& query : dashboard_queries()) {
    INFO(query.where, ": ", query.expression);
    const auto& text = query.expression;
    const std::sregex_iterator end;
    CHECK(std::distance(std::sregex_iterator(text.begin(), text.end(), rate), end) ==
          std::distance(std::sregex_iterator(text.begin(), text.end(), any_rate), end));
    for (std::sregex_iterator match(text.begin(), text.end(), rate); match != end; ++match, ++rates) {
      const bool total = query.instant && match->str().starts_with("increase");
      CHECK((*match)[1] == (total ? "$__range" : "$__rate_interval"));
    }
  }
  CHECK(rates > 20);
}

TEST_CASE("every panel says what it shows, in a unit of Grafana's, from the chosen data source") {
  // The Grafana units that fit our metrics.
  static const std::set<std::string> units{"none", "short", "percentunit", "s", "bytes", "ops", "reqps"};
  for (const Json& panel : all_panels()) {
    INFO(panel["title"]);
    CHECK(panel["title"].get<std::string>().size() > 0);
    CHECK(panel["description"].get<std::string>().size() > 20);
    CHECK(units.contains(panel["fieldConfig"]["defaults"]["unit"].get<std::string>()));
    CHECK(panel["fieldConfig"]["defaults"]["noValue"].get<std::string>().size() > 0);
    CHECK(panel["datasource"]["uid"] == "${datasource}");
    for (const Json& target : panel["targets"]) CHECK(target["datasource"]["uid"] == "${datasource}");
    if (panel["type"] == "stat") CHECK(panel["title"].get<std::string>().size() <= 16);
  }
}

TEST_CASE("no panel covers another, and a repeated one has its line to itself") {
  for (const Json& dashboard : dashboards()) check_grid(dashboard["panels"]);
  for (const Json& panel : overview()["panels"]) {
    if (panel.contains("panels")) check_grid(panel["panels"]);
    if (!panel.contains("repeat")) continue;
    Json line = panel["gridPos"];
    line["x"] = 0;
    line["w"] = 24;
    for (const Json& other : overview()["panels"]) {
      CHECK_MESSAGE((other == panel || !overlap(line, other["gridPos"])), other["title"]);
    }
  }
}

TEST_CASE("panels and the queries of a panel are distinct") {
  for (const Json& dashboard : dashboards()) {
    std::set<int> ids;
    for (const Json& panel : panels_and_rows(dashboard)) {
      CHECK_MESSAGE(ids.insert(panel["id"].get<int>()).second, panel["title"]);
      std::set<std::string> letters;
      for (const Json& target : panel.value("targets", Json::array())) {
        CHECK_MESSAGE(letters.insert(target["refId"]).second, panel["title"]);
      }
    }
  }
}

TEST_CASE("a dashboard begins with what is down and goes on to the details") {
  for (const Json& dashboard : dashboards()) {
    CHECK(dashboard["panels"][0]["title"] == "Down");
    CHECK(dashboard["panels"][0]["type"] == "stat");
  }
  CHECK(rows_of(overview()) ==
        std::vector<std::string>{"Pools", "Saturation", "Acquisition", "Errors and leaks",
                                 "Usage, connects and health checks", "Poolers and database servers",
                                 "Sources", "Exporter"});
  CHECK(rows_of(fleet_dashboard()) ==
        std::vector<std::string>{"Worst pools", "What is wrong", "Services and sources", "Objectives"});
  CHECK(overview()["panels"].back()["collapsed"] == true);
}

TEST_CASE("panels lead to the runbooks of alerts that exist, and the dashboards to each other") {
  const auto alerts = words(rules(), R"(alert:\s*(\S+))");
  std::set<std::string> led_to;
  for (const Json& panel : all_panels()) {
    for (const Json& link : panel.value("links", Json::array())) {
      led_to.merge(words(link["url"], R"(/(\w+)\.md$)"));
    }
  }
  CHECK(led_to.size() > 10);
  for (const auto& alert : led_to) CHECK_MESSAGE(alerts.contains(alert), alert);
  CHECK(overview()["links"][0]["url"].get<std::string>().starts_with("/d/dbpool-fleet?"));
  CHECK(fleet_dashboard()["links"][0]["url"].get<std::string>().starts_with("/d/dbpool-overview?"));
}
