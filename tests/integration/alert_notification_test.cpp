#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <string>

#include "support/servers/child_process.hpp"

using namespace dbpool;

namespace {

/// Two pools without a connection in one notification: they share no annotation.
constexpr const char* two_alerts = R"({
  "receiver": "pagerduty", "status": "firing", "externalURL": "http://localhost:9093",
  "groupLabels": {"alertname": "ConnectionPoolNoConnections", "job": "dbpool"},
  "commonLabels": {"alertname": "ConnectionPoolNoConnections", "job": "dbpool"}, "commonAnnotations": {},
  "alerts": [
    {"status": "firing", "labels": {"pool": "orders"},
     "annotations": {"summary": "Pool orders is empty", "description": "d", "action": "Look", "runbook_url": "r"}},
    {"status": "firing", "labels": {"pool": "users"},
     "annotations": {"summary": "Pool users is empty", "description": "d", "action": "Look", "runbook_url": "r"}}
  ]})";

std::string rendered(const std::string& text) {
  const TemporaryDirectory directory;
  const auto none = directory.write("none.tmpl", "").string();
  const auto data = directory.write("alerts.json", two_alerts).string();
  const Finished amtool = run_to_end({"amtool", "template", "render", "--template.glob=" + none,
                                      "--template.data=" + data, "--template.text=" + text});
  REQUIRE_MESSAGE(amtool.exit_code == 0, amtool.error);
  return amtool.output;
}

/// Returns the fields that a receiver of the example gets, by name.
std::map<std::string, std::string> told(const std::string& receiver, const std::string& kind) {
  std::map<std::string, std::string> fields;
  const auto add = [&](const YAML::Node& from) {
    for (const auto& field : from) {
      if (!field.second.IsScalar()) continue;
      const auto text = field.second.as<std::string>();
      if (text.find("{{") != std::string::npos) fields[field.first.as<std::string>()] = rendered(text);
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
  CHECK(page.at("description") == "Pool orders is empty (ConnectionPoolNoConnections: 2 in all)");
  CHECK(page.at("action") == "Look");
  CHECK(page.at("runbook") == "r");
  CHECK(page.at("all") == "Pool orders is empty; Pool users is empty; ");
}

TEST_CASE("a message about two pools tells of each") {
  const auto message = told("slack", "slack_configs");
  CHECK(message.at("title") == "ConnectionPoolNoConnections (2)");
  CHECK(message.at("text").find("Pool orders is empty") != std::string::npos);
  CHECK(message.at("text").find("Pool users is empty") != std::string::npos);
}
