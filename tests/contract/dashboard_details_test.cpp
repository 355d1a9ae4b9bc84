#include <doctest/doctest.h>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <chrono>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "contract/dashboard.hpp"
#include "dbpool/pool/pool_options.hpp"

// Checks how panels draw their data: a wrong line in a graph misleads, and no query shows it.

using namespace dbpool;
using Json = nlohmann::json;

namespace {

std::vector<YAML::Node> rules_of(const char* file) {
  std::vector<YAML::Node> all;
  const YAML::Node groups = YAML::LoadFile(fmt::format("{}/alerts/{}", DBPOOL_SOURCE_DIR, file))["groups"];
  for (const auto& group : groups) {
    for (const auto& rule : group["rules"]) all.push_back(rule);
  }
  return all;
}

/// Returns what `pattern` captures in the expressions of that alert or recording rule.
std::set<std::string> in_rule(const char* file, const std::string& name, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (const auto& rule : rules_of(file)) {
    const YAML::Node named = rule["alert"] ? rule["alert"] : rule["record"];
    if (named.as<std::string>() != name) continue;
    const auto expression = rule["expr"].as<std::string>();
    for (std::sregex_iterator match(expression.begin(), expression.end(), regex), end; match != end;
         ++match) {
      found.insert((*match)[1]);
    }
  }
  return found;
}

/// Returns the values at which lines are drawn or colours change, without the first colour's.
std::set<double> steps(const Json& thresholds) {
  std::set<double> values;
  for (const Json& step : thresholds["steps"]) {
    if (!step["value"].is_null()) values.insert(step["value"].get<double>());
  }
  return values;
}

std::set<double> lines(const Json& panel) {
  const Json& defaults = panel["fieldConfig"]["defaults"];
  CHECK(defaults["custom"]["thresholdsStyle"]["mode"] == "dashed");
  return steps(defaults["thresholds"]);
}

/// Returns the property that a panel sets for a field; null if it sets none.
Json of_field(const Json& panel, const std::string& field, const std::string& property) {
  for (const Json& override : panel["fieldConfig"]["overrides"]) {
    if (override["matcher"]["id"] != "byName" || override["matcher"]["options"] != field) continue;
    for (const Json& set : override["properties"]) {
      if (set["id"] == property) return set["value"];
    }
  }
  return {};
}

/// Returns the latency objective of a pool whose configuration names none, in seconds.
double objective() {
  return std::chrono::duration<double>(dbpool::PoolOptions{}.latency_objective).count();
}

std::set<std::string> in_queries(const Json& panel, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (const Json& target : panel["targets"]) {
    const std::string expression = target["expr"];
    std::smatch match;
    REQUIRE_MESSAGE(std::regex_search(expression, match, regex), expression);
    found.insert(match[1]);
  }
  return found;
}

/// Checks that a burn-rate panel has a line at each rate at which the alert fires, for the windows of the
/// alert.
void check_burn(const Json& panel, const std::string& alert, const std::string& budget) {
  INFO(alert);
  const char* file = "dbpool-slo.rules.yml";
  std::set<double> rates;
  for (const auto& rate : in_rule(file, alert, "> ([\\d.]+) \\* " + budget)) rates.insert(std::stod(rate));
  REQUIRE(!rates.empty());
  if (!in_rule(file, alert, "> (" + budget + ")\\b").empty()) rates.insert(1);
  CHECK(lines(panel) == rates);
  CHECK(panel["fieldConfig"]["defaults"]["custom"]["scaleDistribution"]["type"] == "log");
  CHECK(in_queries(panel, R"(/ ([\d.]+))") == std::set<std::string>{budget});

  std::set<std::string> windows{"5m"};
  for (const auto& rule : rules_of(file)) {
    if (rule["alert"] && rule["alert"].as<std::string>() == alert) {
      windows.insert(rule["labels"]["window"].as<std::string>());
    }
  }
  CHECK(in_queries(panel, R"(:ratio_rate(\w+))") == windows);
}

}  // namespace

TEST_CASE("the waiting times are drawn on a log axis, with a line at the latency objective") {
  const Json times = panel(20);
  CHECK(times["fieldConfig"]["defaults"]["custom"]["scaleDistribution"]["type"] == "log");
  CHECK(lines(times) == std::set<double>{objective()});
}

TEST_CASE("the two p95 values change colour at the latency objective") {
  CHECK(steps(panel(4)["fieldConfig"]["defaults"]["thresholds"]).contains(objective()));
  CHECK(steps(of_field(panel(10), "p95", "thresholds")).contains(objective()));
}

TEST_CASE("the burn rates have lines where the alerts fire") {
  check_burn(panel(22), "ConnectionPoolLatencyBudgetBurn", "0.05");
  check_burn(panel(23), "ConnectionPoolAvailabilityBudgetBurn", "0.001");
}

TEST_CASE("the bands of utilisation are those of the alerts") {
  std::set<double> bounds;
  for (const char* alert : {"ConnectionPoolLowCapacity", "ConnectionPoolFullyUtilized"}) {
    for (const auto& bound : in_rule("dbpool.rules.yml", alert, R"([>=]+ ([\d.]+))")) {
      bounds.insert(std::stod(bound));
    }
  }
  REQUIRE(bounds.size() == 2);
  for (const int id : {2, 14}) CHECK(steps(panel(id)["fieldConfig"]["defaults"]["thresholds"]) == bounds);
  CHECK(steps(of_field(panel(10), "Utilisation", "thresholds")) == bounds);
}

TEST_CASE("connections are stacked up to a dashed line at the maximum, once for each pool") {
  const Json connections = panel(13);
  CHECK(connections["repeat"] == "pool");
  CHECK(connections["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal");
  CHECK(of_field(connections, "max", "custom.lineStyle")["fill"] == "dash");
  CHECK(of_field(connections, "max", "custom.stacking")["mode"] == "none");
  CHECK(of_field(connections, "max", "custom.fillOpacity") == 0);
  CHECK(of_field(connections, "max", "custom.lineWidth").get<int>() > 0);
  CHECK(connections["targets"].back()["legendFormat"] == "max");
}

TEST_CASE("what is released mirrors what is acquired") {
  const Json mirrored = panel(21);
  CHECK(mirrored["targets"][1]["legendFormat"] == "released");
  CHECK(of_field(mirrored, "released", "custom.transform") == "negative-Y");
  CHECK(of_field(mirrored, "acquired", "custom.transform").is_null());
}

TEST_CASE("the table shows utilisation as a gauge, health as a colour, and leads back to one pool") {
  const Json table = panel(10);
  CHECK(table["gridPos"]["w"] == 24);
  CHECK(of_field(table, "Utilisation", "custom.cellOptions")["type"] == "gauge");
  CHECK(of_field(table, "Utilisation", "max") == 1);
  CHECK(of_field(table, "Health", "custom.cellOptions")["type"] == "color-background");
  const Json links = of_field(table, "Pool", "links");
  REQUIRE(links.size() == 1);
  const std::string url = links[0]["url"];
  CHECK(url.starts_with("/d/" + dashboard()["uid"].get<std::string>() + "?"));
  for (const char* part : {"var-pool=${__data.fields.pool}", "var-instance=${__data.fields.instance}",
                           "${job:queryparam}", "var-datasource=${datasource}", "${__url_time_range}"}) {
    CHECK_MESSAGE(url.find(part) != std::string::npos, part);
  }
}
