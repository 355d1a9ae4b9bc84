#include <doctest/doctest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "contract/alert_rules.hpp"

// Checks that the runbooks agree with the rules, the dashboard and the exporter's log.

using namespace dbpool;

namespace fs = std::filesystem;

TEST_CASE("every alert has a runbook of four sections, and the index leads to it") {
  const auto index = read(alerts_folder() / "runbooks/README.md");
  for (const auto& name : alert_names()) {
    const auto runbook = read(alerts_folder() / "runbooks" / (name + ".md"));
    CHECK(runbook.starts_with("# " + name + "\n"));
    CHECK_MESSAGE((words(runbook, R"(\n(## .+))") ==
                   std::vector<std::string>{"## Meaning", "## Impact", "## Diagnosis", "## Mitigation"}),
                  name);
    for (const char* needed : {"```promql\n", "$E/", "Log"}) {
      CHECK_MESSAGE(runbook.find(needed) != std::string::npos, name << ": " << needed);
    }
    CHECK_MESSAGE(index.find("(" + name + ".md)") != std::string::npos, name);
  }
  CHECK(files_in(alerts_folder() / "runbooks", ".md").size() == alert_names().size() + 1);
}

TEST_CASE(
    "every runbook says how urgent it is, whose, when it is over, what else it can be, and how to silence "
    "it") {
  for (const auto& rule : alert_rules()) {
    const auto name = text(rule["alert"]);
    const auto runbook = read(alerts_folder() / "runbooks" / (name + ".md"));
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
  const auto index = read(alerts_folder() / "runbooks/README.md");
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
  for (const auto& file : files_in(alerts_folder() / "runbooks", ".md")) {
    const auto runbook = read(file);
    for (const auto& link : words(runbook, R"(\]\((\w+\.md)\))")) {
      CHECK_MESSAGE(fs::exists(alerts_folder() / "runbooks" / link), file.filename().string()
                                                                         << ": " << link);
    }
    for (const auto& line : words(runbook, R"(\n(.*Panel.*))")) {
      for (const auto& panel : words(line, R"(\*([A-Z][^*]+)\*)")) {
        CHECK_MESSAGE(dashboard.find("\"title\": \"" + panel + "\"") != std::string::npos,
                      file.filename().string() << ": " << panel);
      }
    }
  }
}

TEST_CASE("the exporter writes every log line that a runbook names") {
  std::set<std::string> written{"Error reloading configuration"};  // Prometheus' own
  const auto documented = read(fs::path(DBPOOL_SOURCE_DIR) / "docs/configuration.md");
  for (const auto& row : words(documented, R"(\n\| (`[a-z][^|]*`(?: \([^|`]*\))?) \|)")) {
    for (const auto& line : words(row, R"(`([^`]+)`)")) written.insert(line);
  }
  REQUIRE(written.size() > 20);
  for (const auto& file : files_in(alerts_folder() / "runbooks", ".md")) {
    for (const auto& line : words(read(file), R"re(msg="([^"]+)")re")) {
      CHECK_MESSAGE(written.contains(line), file.filename().string() << ": " << line);
    }
  }
}
