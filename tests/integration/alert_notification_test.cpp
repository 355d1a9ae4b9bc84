#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <regex>
#include <string>

#include "support/servers/child_process.hpp"

using namespace dbpool;

namespace {

/// Two pools without a connection in one notification: they share no annotation. `STATUS`, `FIRST`, the
/// status of the first alert, and `POOL`, its pool, are to be replaced.
constexpr const char* two_alerts = R"({
  "receiver": "pagerduty", "status": "STATUS", "externalURL": "http://localhost:9093",
  "groupLabels": {"alertname": "ConnectionPoolNoConnections", "job": "dbpool"},
  "commonLabels": {"alertname": "ConnectionPoolNoConnections", "job": "dbpool"}, "commonAnnotations": {},
  "alerts": [
    {"status": "FIRST", "labels": {"instance": "a:10127", "pool": "POOL", "source": "orders"},
     "startsAt": "2026-11-27T12:00:00Z",
     "annotations": {"summary": "Pool orders is empty", "description": "d", "cause": "reasons: no connections",
                     "action": "Look", "runbook_url": "r", "dashboard_url": "http://g/d/x?var-pool=orders"}},
    {"status": "STATUS", "labels": {"instance": "a:10127", "pool": "users", "source": "users"},
     "startsAt": "2026-11-27T12:00:00Z",
     "annotations": {"summary": "Pool users is empty", "description": "d", "action": "Look", "runbook_url": "r",
                     "dashboard_url": "http://g/d/x?var-pool=users"}}
  ]})";

struct Message {
  std::string status = "firing";
  std::string first = "";  ///< as `status` if empty
  std::string pool = "orders";
};

std::string rendered(const std::string& text, const Message& of) {
  const TemporaryDirectory directory;
  const auto none = directory.write("none.tmpl", "").string();
  auto json = std::regex_replace(std::string(two_alerts), std::regex("STATUS"), of.status);
  json = std::regex_replace(json, std::regex("FIRST"), of.first.empty() ? of.status : of.first);
  json.replace(json.find("POOL"), 4, of.pool);
  const auto data = directory.write("alerts.json", json).string();
  const Finished amtool = run_to_end({"amtool", "template", "render", "--template.glob=" + none,
                                      "--template.data=" + data, "--template.text=" + text});
  REQUIRE_MESSAGE(amtool.exit_code == 0, amtool.error);
  return amtool.output;
}

/// Returns the fields that a receiver of the example gets, by name.
std::map<std::string, std::string> told(const std::string& receiver, const std::string& kind,
                                        const Message& message = {}) {
  std::map<std::string, std::string> fields;
  const auto add = [&](const YAML::Node& from) {
    for (const auto& field : from) {
      if (!field.second.IsScalar()) continue;
      const auto text = field.second.as<std::string>();
      if (text.find("{{") != std::string::npos) {
        fields[field.first.as<std::string>()] = rendered(text, message);
      }
    }
  };
  const auto example = YAML::LoadFile(DBPOOL_SOURCE_DIR "/alerts/alertmanager.example.yml");
  for (const auto& one : example["receivers"]) {
    if (one["name"].as<std::string>() != receiver) continue;
    const YAML::Node config = one[kind][0];
    add(config);
    if (config["details"]) add(config["details"]);
  }
  return fields;
}

}  // namespace

TEST_CASE("a page about two pools says what is wrong with the first, and names both") {
  const auto page = told("pagerduty", "pagerduty_configs");
  CHECK(page.at("description") == "Pool orders is empty (2 alerts in all)");
  CHECK(page.at("cause") == "reasons: no connections");
  CHECK(page.at("action") == "Look");
  CHECK(page.at("runbook") == "r");
  CHECK(page.at("all") == "Pool orders is empty; Pool users is empty; ");
}

TEST_CASE("a page about one alert that is over and one that fires says what fires") {
  const auto page = told("pagerduty", "pagerduty_configs", {.first = "resolved"});
  CHECK(page.at("description") == "Pool users is empty (2 alerts in all)");
  CHECK(page.at("shell") == "I='a:10127' E=\"http://$I\" S='users' P='users'");
}

TEST_CASE("a page leads to the dashboard at the time of the fault, and has the commands to begin with") {
  const auto page = told("pagerduty", "pagerduty_configs");
  CHECK(page.at("dashboard") == "http://g/d/x?var-pool=orders&from=1795779000000&to=now");
  CHECK(page.at("shell") == "I='a:10127' E=\"http://$I\" S='orders' P='orders'");
  CHECK(page.at("silence") ==
        "http://localhost:9093/#/silences/new?filter=%7Binstance%3D%22a%3A10127%22%2Cpool%3D%22orders%22%2C"
        "source%3D%22orders%22%7D");
}

TEST_CASE("no name of a pool runs a command in the shell of the person on call") {
  const std::string name = "srv/app/$(exit 7)'; exit 7; '";
  const auto line = told("pagerduty", "pagerduty_configs", {.pool = name}).at("shell");
  const Finished shell = run_to_end({"sh", "-c", line + "; printf %s \"$P\""});
  CHECK(shell.exit_code == 0);
  CHECK(shell.output == name);
}

TEST_CASE("what is over is called resolved") {
  CHECK(told("pagerduty", "pagerduty_configs", {.status = "resolved"}).at("description") ==
        "Resolved: Pool orders is empty (2 alerts in all)");
  const auto message = told("slack", "slack_configs", {.status = "resolved"});
  CHECK(message.at("title") == "Resolved: ConnectionPoolNoConnections");
  CHECK(message.at("text").find("Resolved: Pool users is empty") != std::string::npos);
}

TEST_CASE("a message about two pools tells of each") {
  const auto message = told("slack", "slack_configs");
  CHECK(message.at("title") == "ConnectionPoolNoConnections (2)");
  CHECK(message.at("text").find("Pool orders is empty") != std::string::npos);
  CHECK(message.at("text").find("Pool users is empty") != std::string::npos);
}
