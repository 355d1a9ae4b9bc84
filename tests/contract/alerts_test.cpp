#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "contract/promql.hpp"
#include "exposition/metric_catalog.hpp"

using namespace dbpool;

namespace {

namespace fs = std::filesystem;

const fs::path alerts = fs::path(DBPOOL_SOURCE_DIR) / "alerts";

std::string read(const fs::path& file) {
  std::ifstream in(file);
  REQUIRE_MESSAGE(in.good(), file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_in(const fs::path& directory, const std::string& extension) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == extension) found.push_back(entry.path());
  }
  return found;
}

std::vector<std::string> words(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    found.push_back(match->str(match->size() - 1));
  }
  return found;
}

/// Returns the recording and alerting rules of both files.
std::vector<YAML::Node> rules() {
  std::vector<YAML::Node> all;
  for (const char* file : {"dbpool.rules.yml", "dbpool-slo.rules.yml"}) {
    for (const auto& group : YAML::LoadFile((alerts / file).string())["groups"]) {
      for (const auto& rule : group["rules"]) all.push_back(rule);
    }
  }
  return all;
}

std::string text(const YAML::Node& node) {
  return node ? node.as<std::string>() : "";
}

std::vector<YAML::Node> alert_rules() {
  std::vector<YAML::Node> all;  // never assign to a YAML::Node: that changes the node it refers to
  for (const auto& rule : rules()) {
    if (rule["alert"]) all.push_back(rule);
  }
  return all;
}

std::set<std::string> alert_names() {
  std::set<std::string> names;
  for (const auto& rule : alert_rules()) names.insert(text(rule["alert"]));
  return names;
}

/// Series of this version's contract that come from other changes; a rule does without where they are absent.
const std::set<std::string> announced_series{"dbpool_source_info", "dbpool_server_connections",
                                             "dbpool_server_connections_max"};

/// Returns the series that a query may select: exported, announced, recorded, or added by Prometheus.
std::set<std::string> known_series() {
  std::set<std::string> names = announced_series;
  names.insert({"up", "ALERTS"});
  for (const Metric& metric : metric_catalog()) {
    const std::string name(metric.name);
    if (metric.type != MetricType::histogram) {
      names.insert(name);
      continue;
    }
    for (const char* suffix : {"_bucket", "_sum", "_count"}) names.insert(name + suffix);
  }
  for (const auto& rule : rules()) {
    if (rule["record"]) names.insert(text(rule["record"]));
  }
  return names;
}

std::set<std::string> known_labels() {
  std::set<std::string> labels{"job",  "instance",  "le",         "server",
                               "team", "alertname", "alertstate", "severity"};
  for (const Metric& metric : metric_catalog()) {
    for (const auto& label : words(metric.labels(), R"([a-z_]+)")) labels.insert(label);
  }
  return labels;
}

constexpr const char* always_firing = "ConnectionPoolWatchdog";

/// Returns the severity, `for` and `keep_firing_for` of one rule; an alert may have several rules.
std::string terms(const YAML::Node& rule) {
  return text(rule["labels"]["severity"]) + " " + text(rule["for"]) + " " + text(rule["keep_firing_for"]);
}

const std::multimap<std::string, std::string> promised{
    {"ConnectionPoolWatchdog", "info  "},
    {"ConnectionPoolExporterDown", "critical 3m 1m"},
    {"ConnectionPoolExporterAbsent", "warning 5m "},
    {"ConnectionPoolSourceDown", "critical 1m 1m"},
    {"ConnectionPoolHealthCheckStale", "warning 2m 5m"},
    {"ConnectionPoolSourceStale", "warning 2m 5m"},
    {"ConnectionPoolSourceLossy", "warning 10m 10m"},
    {"ConnectionPoolSourceSilent", "warning 10m 1m"},
    {"ConnectionPoolReloadFailed", "warning 5m "},
    {"ConnectionPoolNoConnections", "critical 30s 2m"},
    {"ConnectionPoolBackendDown", "critical 15s 2m"},
    {"ConnectionPoolUnhealthy", "critical 3m 5m"},
    {"ConnectionPoolDegraded", "warning 5m 10m"},
    {"ConnectionPoolHealthFlapping", "warning  30m"},
    {"ConnectionPoolExhausted", "critical 2m 5m"},
    {"ConnectionPoolStalled", "critical 15s 2m"},
    {"ConnectionPoolPausedWithWaiters", "critical 3m 2m"},
    {"ConnectionPoolPausedWithWaiters", "warning 15s 2m"},
    {"ConnectionPoolFullyUtilized", "warning 10m 10m"},
    {"ConnectionPoolLowCapacity", "warning 5m 10m"},
    {"ConnectionPoolWaiting", "warning 5m 5m"},
    {"ConnectionPoolPeakWait", "warning 2m 5m"},
    {"ConnectionPoolSaturationPredicted", "warning 30m 30m"},
    {"ConnectionPoolBelowMinimum", "warning 10m 5m"},
    {"ConnectionPoolLeak", "warning 5m 15m"},
    {"ConnectionPoolLeakExhausting", "critical 15m 15m"},
    {"ConnectionPoolErrors", "warning 5m 5m"},
    {"ConnectionPoolChurn", "warning 15m 15m"},
    {"ConnectionPoolHighLatency", "warning 5m 10m"},
    {"ConnectionPoolServerFull", "critical 2m 5m"},
    {"ConnectionPoolServerFull", "warning 2m 5m"},
    {"ConnectionPoolerClientsExhausted", "critical 2m 5m"},
    {"ConnectionPoolerClientsExhausted", "warning 2m 5m"},
    {"ConnectionPoolLatencyBudgetBurn", "critical 2m "},
    {"ConnectionPoolLatencyBudgetBurn", "warning 15m "},
    {"ConnectionPoolLatencyBudgetBurn", "warning 1h "},
    {"ConnectionPoolAvailabilityBudgetBurn", "critical 2m "},
    {"ConnectionPoolAvailabilityBudgetBurn", "critical 15m "},
    {"ConnectionPoolAvailabilityBudgetBurn", "warning 1h "},
    {"ConnectionPoolAvailabilityBudgetBurn", "warning 1h "},
};

}  // namespace

TEST_CASE("the alerts, their severities and their durations are those that were promised") {
  std::vector<std::string> have, want;
  for (const auto& rule : alert_rules()) have.push_back(text(rule["alert"]) + " " + terms(rule));
  for (const auto& [alert, terms] : promised) want.push_back(alert + " " + terms);
  std::ranges::sort(have);
  std::ranges::sort(want);
  CHECK(have == want);
}

TEST_CASE("a rule asks only for series and labels that exist") {
  const auto series = known_series();
  const auto labels = known_labels();
  for (const auto& rule : rules()) {
    const auto expression = text(rule["expr"]);
    const auto selectors = selectors_in(expression);
    if (text(rule["alert"]) != always_firing) CHECK_MESSAGE(!selectors.empty(), expression);
    for (const Selector& selector : selectors) {
      CHECK_MESSAGE(series.contains(selector.name), selector.name);
      for (const auto& label : labels_in(selector)) CHECK_MESSAGE(labels.contains(label), label);
    }
    for (const auto& label : grouping_labels_in(expression)) CHECK_MESSAGE(labels.contains(label), label);
  }
}

TEST_CASE("whatever else in alerts/ names a series names one that exists") {
  const auto series = known_series();
  auto files = files_in(alerts / "runbooks", ".md");
  for (const auto& file : files_in(alerts / "tests", ".yml")) files.push_back(file);
  REQUIRE(files.size() > 25);
  for (const auto& file : files) {
    for (const auto& name :
         words(read(file), R"((?:(?:pool|source|login|database):)?\bdbpool_[a-z0-9_]+(?::[a-z0-9_]+)?)")) {
      if (name == "dbpool_exporter") continue;
      CHECK_MESSAGE(series.contains(name), file.filename().string() << ": " << name);
    }
  }
}

TEST_CASE("no rule names a bucket: the exporter judges by the objective of its configuration") {
  for (const auto& rule : rules()) CHECK(words(text(rule["expr"]), R"(_bucket|\ble=)").empty());
}

TEST_CASE("a page of one pool or source takes in no later alert of another one") {
  using Names = std::vector<std::string>;
  const auto example = YAML::LoadFile((alerts / "alertmanager.example.yml").string());
  int receivers = 0;
  for (const auto& route : example["route"]["routes"][0]["routes"]) {
    if (text(route["matchers"][0]) != R"(severity="critical")") continue;
    ++receivers;
    CHECK(route["group_by"].as<Names>() == Names{"alertname", "job", "instance", "source", "pool"});
    CHECK(route["routes"][0]["group_by"].as<Names>() == Names{"job", "server"});
    CHECK(text(route["routes"][0]["matchers"][1]) == R"(server=~".+")");
    CHECK(route["routes"][1]["group_by"].as<Names>() == Names{"job", "instance", "source"});
  }
  CHECK(receivers == 2);
}

TEST_CASE("every alert says what it is, what to do and where to read on") {
  for (const auto& rule : alert_rules()) {
    const auto name = text(rule["alert"]);
    CAPTURE(name);
    CHECK(text(rule["labels"]["component"]) == "connection_pool");
    for (const auto& label : rule["labels"]) CHECK(text(label.second).find("{{") == std::string::npos);
    for (const char* key : {"summary", "description", "action", "runbook_url", "dashboard_url"}) {
      CHECK_MESSAGE(text(rule["annotations"][key]) != "", key);
    }
    CHECK(text(rule["annotations"]["runbook_url"]).ends_with("/" + name + ".md"));
    CHECK(text(rule["annotations"]["dashboard_url"]).find("/d/dbpool-overview") != std::string::npos);
  }
}

TEST_CASE("the description of every alert of a pool ends with the same diagnosis") {
  std::set<std::string> ends;
  for (const auto& rule : alert_rules()) {
    const auto name = text(rule["alert"]);
    CAPTURE(name);
    if (text(rule["annotations"]["dashboard_url"]).find("var-pool") == std::string::npos) continue;
    const auto description = text(rule["annotations"]["description"]);
    const auto begin = description.find("{{- with printf \"pool:dbpool_diagnosis:sentence{");
    REQUIRE(begin != std::string::npos);
    ends.insert(description.substr(begin));
  }
  CHECK(ends.size() == 1);
}

TEST_CASE("every alert has a runbook of four sections, and the index leads to it") {
  const auto index = read(alerts / "runbooks/README.md");
  for (const auto& name : alert_names()) {
    const auto runbook = read(alerts / "runbooks" / (name + ".md"));
    CHECK(runbook.starts_with("# " + name + "\n"));
    CHECK_MESSAGE((words(runbook, R"(\n(## .+))") ==
                   std::vector<std::string>{"## Meaning", "## Impact", "## Diagnosis", "## Mitigation"}),
                  name);
    for (const char* needed : {"```promql\n", "$E/", "Log"}) {
      CHECK_MESSAGE(runbook.find(needed) != std::string::npos, name << ": " << needed);
    }
    CHECK_MESSAGE(index.find("(" + name + ".md)") != std::string::npos, name);
  }
  CHECK(files_in(alerts / "runbooks", ".md").size() == alert_names().size() + 1);
}

TEST_CASE(
    "every runbook says how urgent it is, whose, when it is over, what else it can be, and how to silence "
    "it") {
  for (const auto& rule : alert_rules()) {
    const auto name = text(rule["alert"]);
    const auto runbook = read(alerts / "runbooks" / (name + ".md"));
    for (const char* row : {"urgency", "owner", "over", "known false alarms", "silence"}) {
      CHECK_MESSAGE(runbook.find(std::string("\n| ") + row + " | ") != std::string::npos,
                    name << ": " << row);
    }
    const auto minutes = text(rule["keep_firing_for"]);
    if (minutes.empty()) continue;
    const auto lingers = "lingers for " + minutes.substr(0, minutes.size() - 1) + " minute";
    CHECK_MESSAGE(runbook.find(lingers) != std::string::npos, name << ": " << lingers);
  }
}

TEST_CASE("the index tells of each alert how severe it is and what to do first, as the rules say") {
  std::map<std::string, std::set<std::string>> severities;
  std::map<std::string, std::string> actions;
  for (const auto& rule : alert_rules()) {
    const auto name = text(rule["alert"]);
    severities[name].insert(text(rule["labels"]["severity"]));
    actions[name] = text(rule["annotations"]["action"]);
  }
  const auto index = read(alerts / "runbooks/README.md");
  for (const auto& [name, action] : actions) {
    const std::string prefix = name.starts_with("ConnectionPooler") ? "Connection" : "ConnectionPool";
    const auto short_name = name.substr(prefix.size());
    std::string severity;
    for (const auto& one : severities[name]) severity += (severity.empty() ? "" : ", ") + one;
    const auto line = "| [" + short_name + "](" + name + ".md) | " + severity + " | " + action + " |\n";
    CHECK_MESSAGE(index.find(line) != std::string::npos, line);
  }
}

TEST_CASE("links between runbooks lead somewhere, and the panels that they name are on the dashboard") {
  const auto dashboard = read(fs::path(DBPOOL_SOURCE_DIR) / "grafana/dbpool-overview.json");
  for (const auto& file : files_in(alerts / "runbooks", ".md")) {
    const auto runbook = read(file);
    for (const auto& link : words(runbook, R"(\]\((\w+\.md)\))")) {
      CHECK_MESSAGE(fs::exists(alerts / "runbooks" / link), file.filename().string() << ": " << link);
    }
    for (const auto& line : words(runbook, R"(\n(.*Panel.*))")) {
      for (const auto& panel : words(line, R"(\*([A-Z][^*]+)\*)")) {
        CHECK_MESSAGE(dashboard.find("\"title\": \"" + panel + "\"") != std::string::npos,
                      file.filename().string() << ": " << panel);
      }
    }
  }
}
