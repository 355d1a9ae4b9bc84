#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "contract/alert_rules.hpp"
#include "contract/promql.hpp"
#include "exposition/metric_catalog.hpp"

using namespace dbpool;

namespace {

/// Returns the series that a query may select: exported, recorded, or added by Prometheus.
std::set<std::string> known_series() {
  std::set<std::string> names{"up", "ALERTS"};
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
  std::set<std::string> labels{"job",       "instance",   "le",       "server", "team",
                               "alertname", "alertstate", "severity", "window", "probe_only"};
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
    {"ConnectionPoolSourceFileBad", "warning 5m "},
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
  auto files = files_in(alerts_folder() / "runbooks", ".md");
  for (const auto& file : files_in(alerts_folder() / "tests", ".yml")) files.push_back(file);
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
  const auto example = YAML::LoadFile((alerts_folder() / "alertmanager.example.yml").string());
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
