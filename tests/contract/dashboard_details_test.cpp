#include <doctest/doctest.h>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "contract/dashboard.hpp"

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

TEST_CASE("the waiting times are drawn on a log axis, with a dashed line at the objective of the pools") {
  const Json times = panel(overview(), 20);
  CHECK(times["fieldConfig"]["defaults"]["custom"]["scaleDistribution"]["type"] == "log");
  CHECK(times["targets"].back()["legendFormat"] == "objective");
  CHECK(times["targets"].back()["expr"].get<std::string>().starts_with(
      "min(dbpool_acquisition_objective_seconds"));
  CHECK(of_field(times, "objective", "custom.lineStyle")["fill"] == "dash");
}

TEST_CASE("no panel names a bound of a histogram") {
  for (const auto& query : dashboard_queries()) {
    CHECK_MESSAGE(query.expression.find("le=") == std::string::npos, query.where);
  }
  for (const int id : {4, 20}) {
    CHECK(panel(overview(), id)["targets"].dump().find("dbpool_acquisition_objective_seconds") !=
          std::string::npos);
    CHECK(steps(panel(overview(), id)["fieldConfig"]["defaults"].value("thresholds",
                                                                       Json{{"steps", Json::array()}}))
              .empty());
  }
}

TEST_CASE("the line at the share of slow acquisitions is the budget of the alerts") {
  const auto budget = in_rule("dbpool.rules.yml", "ConnectionPoolHighLatency", R"(> ([\d.]+))");
  REQUIRE(budget.contains("0.05"));
  CHECK(lines(panel(overview(), 47)) == std::set<double>{0.05});
  CHECK(lines(panel(fleet_dashboard(), 18)) == std::set<double>{0.05});
  CHECK(steps(of_field(panel(overview(), 10), "Slow", "thresholds")) == std::set<double>{0.05});
}

TEST_CASE("a pool whose only client is the exporter's own is left out of objectives and worst values") {
  const auto leaves_out = [](const std::string& expression) {
    return expression.find(
               "unless on (job, instance, source, pool) (sum by (job, instance, source, pool) "
               "(dbpool_clients{") != std::string::npos ||
           expression.find(
               "unless on (job, instance, source, pool) max_over_time(pool:dbpool_clients:sum{") !=
               std::string::npos;
  };
  for (const int id : {2, 4, 5, 20, 22, 23, 47}) {
    for (const Json& target : panel(overview(), id)["targets"]) {
      CHECK_MESSAGE(leaves_out(target["expr"]), id << " " << target["refId"]);
    }
  }
  for (const int id : {6, 18, 19})
    CHECK_MESSAGE(leaves_out(panel(fleet_dashboard(), id)["targets"][0]["expr"]), id);
}

TEST_CASE("a figure that is not counted is not shown as a green 0") {
  for (const int id : {6, 7}) {
    const Json tile = panel(overview(), id)["fieldConfig"]["defaults"];
    CHECK(tile["noValue"] == "Not counted");
    CHECK(tile["thresholds"]["steps"][0]["color"] == "text");
    CHECK(panel(overview(), id)["targets"][1]["legendFormat"] == "uncounted");
  }
}

TEST_CASE(
    "an unknown pool stands below the healthy ones, and ones without connections or clients are left out") {
  for (const Json& shown : {panel(overview(), 10), panel(overview(), 11), panel(fleet_dashboard(), 10)}) {
    const std::string first = shown["targets"].front()["expr"];
    CHECK(first.find("0 * dbpool_health_status") != std::string::npos);
    CHECK(first.find("status=\"unknown\"} or dbpool_health_status") != std::string::npos);
    const std::string last = shown["targets"].back()["expr"];
    CHECK(last.find("max_over_time(dbpool_connections{") != std::string::npos);
    CHECK(last.find("max_over_time(dbpool_clients{") != std::string::npos);
  }
  CHECK(of_field(panel(overview(), 10), "Health", "mappings")[0]["options"]["0"]["text"] == "Unknown");
  CHECK(panel(overview(), 10)["options"]["sortBy"][0]["displayName"] == "Health");
  CHECK(panel(overview(), 10)["options"]["sortBy"][0]["desc"] == true);
  const std::string pools = overview()["templating"]["list"][3]["query"]["query"];
  CHECK(pools.find("dbpool_connections{") != std::string::npos);
}

TEST_CASE("a critical alert is a thin band in the panel of its own pool, and in no other") {
  CHECK(overview()["annotations"]["list"].empty());
  const Json own = panel(overview(), 13);
  const std::string alert = own["targets"].back()["expr"];
  CHECK(alert.find("pool=~\"$pool\"") != std::string::npos);
  CHECK(alert.find("severity=\"critical\"") != std::string::npos);
  CHECK(of_field(own, "critical alert", "max").get<int>() >= 20);
  CHECK(of_field(own, "critical alert", "custom.axisPlacement") == "hidden");
}

TEST_CASE("the burn rates have lines where the alerts fire") {
  check_burn(panel(overview(), 22), "ConnectionPoolLatencyBudgetBurn", "0.05");
  check_burn(panel(overview(), 23), "ConnectionPoolAvailabilityBudgetBurn", "0.001");
}

TEST_CASE("the bands of utilisation are those of the alerts") {
  std::set<double> bounds;
  for (const char* alert : {"ConnectionPoolLowCapacity", "ConnectionPoolFullyUtilized"}) {
    for (const auto& bound : in_rule("dbpool.rules.yml", alert, R"([>=]+ ([\d.]+))")) {
      bounds.insert(std::stod(bound));
    }
  }
  REQUIRE(bounds.size() == 2);
  for (const int id : {2, 14})
    CHECK(steps(panel(overview(), id)["fieldConfig"]["defaults"]["thresholds"]) == bounds);
  CHECK(steps(of_field(panel(overview(), 10), "Utilisation", "thresholds")) == bounds);
}

TEST_CASE("connections are stacked up to a dashed line at the maximum, once for each pool") {
  const Json connections = panel(overview(), 13);
  CHECK(connections["repeat"] == "pool");
  CHECK(connections["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal");
  CHECK(of_field(connections, "max", "custom.lineStyle")["fill"] == "dash");
  CHECK(of_field(connections, "max", "custom.stacking")["mode"] == "none");
  CHECK(of_field(connections, "max", "custom.fillOpacity") == 0);
  CHECK(of_field(connections, "max", "custom.lineWidth").get<int>() > 0);
  CHECK(connections["targets"][1]["legendFormat"] == "max");
  CHECK(connections["targets"][2]["legendFormat"] == "demand");
  CHECK(of_field(connections, "demand", "custom.stacking")["mode"] == "none");
}

TEST_CASE("what is released mirrors what is acquired") {
  const Json mirrored = panel(overview(), 21);
  CHECK(mirrored["targets"][1]["legendFormat"] == "released");
  CHECK(of_field(mirrored, "released", "custom.transform") == "negative-Y");
  CHECK(of_field(mirrored, "acquired", "custom.transform").is_null());
}

TEST_CASE("the table shows utilisation as a gauge, health as a colour, and leads back to one pool") {
  const Json table = panel(overview(), 10);
  CHECK(table["gridPos"]["w"] == 24);
  CHECK(of_field(table, "Utilisation", "custom.cellOptions")["type"] == "gauge");
  CHECK(of_field(table, "Utilisation", "max") == 1);
  CHECK(of_field(table, "Health", "custom.cellOptions")["type"] == "color-background");
  const Json links = of_field(table, "Pool", "links");
  REQUIRE(links.size() == 1);
  const std::string url = links[0]["url"];
  CHECK(url.starts_with("/d/dbpool-overview?"));
  for (const char* part : {"var-pool=${__data.fields.pool}", "var-instance=${__data.fields.instance}",
                           "${job:queryparam}", "var-datasource=${datasource}", "${__url_time_range}"}) {
    CHECK_MESSAGE(url.find(part) != std::string::npos, part);
  }
}

TEST_CASE("every verdict has words in the column of what is wrong, and the table of all leads to one pool") {
  for (const Json& table : {panel(overview(), 10), panel(fleet_dashboard(), 10)}) {
    const Json words = of_field(table, "What is wrong", "mappings")[0]["options"];
    for (const char* verdict :
         {"unknown", "paused", "database_down", "limit_elsewhere", "leak", "slow_use", "too_small", "ok"}) {
      CHECK_MESSAGE(words.contains(verdict), verdict);
    }
  }
  const std::string url = of_field(panel(fleet_dashboard(), 10), "Pool", "links")[0]["url"];
  for (const char* part :
       {"/d/dbpool-overview?", "var-pool=${__data.fields.pool}", "var-job=${__data.fields.job}"}) {
    CHECK_MESSAGE(url.find(part) != std::string::npos, part);
  }
}
