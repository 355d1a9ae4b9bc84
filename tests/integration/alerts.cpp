#include "integration/alerts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <stdexcept>
#include <utility>

#include "support/servers/child_process.hpp"

namespace dbpool {
namespace {

std::string shipped(const std::string& file) {
  return read_whole(std::filesystem::path(DBPOOL_SOURCE_DIR) / file);
}

/// Returns `text` with each match of `pattern` replaced by the result of `change`.
template <typename Change>
std::string changed(const std::string& text, const char* pattern, const Change& change) {
  const std::regex regex(pattern);
  std::string result;
  auto rest = text.cbegin();
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    result.append(rest, (*match)[0].first).append(change(*match));
    rest = (*match)[0].second;
  }
  return result.append(rest, text.cend());
}

/// Shortens a duration: "2m" becomes "8000ms".
std::string shortened(const std::string& duration) {
  static const std::map<char, long> seconds{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  return fmt::format(
      "{}ms", std::atol(duration.c_str()) * seconds.at(duration.back()) * 1000 / ShippedAlerts::hurry());
}

/// Shortens every duration of a configuration, after a key or in brackets.
std::string hurried(const std::string& text) {
  const auto keys = changed(text, R"(((?:for|interval|wait|_interval|deadline): )(\d+[smhd])\b)",
                            [](const std::smatch& m) { return m.str(1) + shortened(m[2]); });
  return changed(keys, R"(\[(\d+[smhd])(:\d+[smhd])?\])", [](const std::smatch& m) {
    const auto step = m.str(2);
    return "[" + shortened(m[1]) + (step.empty() ? "" : ":" + shortened(step.substr(1))) + "]";
  });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("a shipped file lacks " + from);
  return text.replace(at, from.size(), to);
}

/// Returns `config` as prometheus.yml, and both rule files, which it names in `folder`, beside it.
std::map<std::string, std::string> with_rules(std::string config, const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const std::string name : {"dbpool.rules.yml", "dbpool-slo.rules.yml"}) {
    config = replaced(std::move(config), folder + name, name);
    files[name] = hurried(shipped("alerts/" + name));
  }
  files["prometheus.yml"] = std::move(config);
  return files;
}

std::string loopback_target(int port) {
  return fmt::format("127.0.0.1:{}", port);
}

}  // namespace

int ShippedAlerts::hurry() {
  const char* given = std::getenv("DBPOOL_ALERTS_HURRY");
  return given == nullptr ? 15 : std::max(1, std::atoi(given));
}

std::string ShippedAlerts::alertmanager(int webhook) {
  const std::string text = hurried(shipped("alerts/alertmanager.example.yml"));
  const auto begin = text.find("\nreceivers:\n");
  if (begin == std::string::npos) throw std::runtime_error("the example has no receivers");
  std::string receivers = "\nreceivers:\n";
  changed(text.substr(begin), R"(\n  - name: (\w+))", [&](const std::smatch& m) {
    receivers += fmt::format(
        "  - name: {0}\n    webhook_configs: [{{url: 'http://127.0.0.1:{1}/{0}', send_resolved: true}}]\n",
        m.str(1), webhook);
    return std::string();
  });
  return text.substr(0, begin) + receivers;
}

std::map<std::string, std::string> ShippedAlerts::prometheus(int exporter, int alertmanager) {
  std::string text = hurried(shipped("deploy/prometheus.yml"));
  text = replaced(text, "localhost:10127", loopback_target(exporter));
  text = replaced(text, "localhost:9093", loopback_target(alertmanager));
  return with_rules(text, "../alerts/");
}

std::map<std::string, std::string> ShippedAlerts::agent(const std::string& cluster,
                                                        const std::vector<int>& exporters, int centre) {
  std::string targets;
  for (const int exporter : exporters) targets += "\"" + loopback_target(exporter) + "\", ";
  std::string text = hurried(shipped("deploy/fleet/agent.yml"));
  text = replaced(text, "cluster: east", "cluster: " + cluster);
  text = replaced(text, "dbpool-east", "dbpool-" + cluster);
  text = replaced(text, "\"localhost:10127\"", targets);
  return {{"prometheus.yml", replaced(text, "localhost:9090", loopback_target(centre))}};
}

std::map<std::string, std::string> ShippedAlerts::centre(int alertmanager) {
  const std::string text =
      replaced(hurried(shipped("deploy/fleet/central.yml")), "localhost:9093", loopback_target(alertmanager));
  auto files = with_rules(text, "../../alerts/");
  files["fleet.rules.yml"] = hurried(shipped("deploy/fleet/fleet.rules.yml"));
  return files;
}

}  // namespace dbpool
