#include "support/servers/prometheus_server.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "support/eventually.hpp"
#include "support/http/http_exchange.hpp"
#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

std::string query_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return encoded;
}

/// Writes all files; returns the path of prometheus.yml.
std::filesystem::path written(const std::map<std::string, std::string>& files,
                              const TemporaryDirectory& directory) {
  for (const auto& [name, text] : files) directory.write(name, text);
  return directory.path() / "prometheus.yml";
}

/// Returns the flags that only this role has. `data`: where it stores samples.
std::vector<std::string> flags_of(PrometheusRole role, const std::filesystem::path& data) {
  if (role == PrometheusRole::agent) {
    return {"--enable-feature=agent", "--storage.agent.path=" + data.string()};
  }
  std::vector<std::string> flags{"--enable-feature=exemplar-storage", "--storage.tsdb.path=" + data.string()};
  if (role == PrometheusRole::receiver) flags.emplace_back("--web.enable-remote-write-receiver");
  return flags;
}

/// Returns the command that starts Prometheus with the data beside its `config`.
std::vector<std::string> prometheus_command(PrometheusRole role, const std::filesystem::path& config,
                                            std::uint16_t port) {
  std::vector<std::string> command{"prometheus", "--config.file=" + config.string(),
                                   fmt::format("--web.listen-address=127.0.0.1:{}", port)};
  for (auto& flag : flags_of(role, config.parent_path() / "data")) command.push_back(std::move(flag));
  return command;
}

}  // namespace

PrometheusServer::PrometheusServer(std::uint16_t target)
    : PrometheusServer(std::map<std::string, std::string>{{"prometheus.yml", config(target)}}) {}

PrometheusServer::PrometheusServer(const std::map<std::string, std::string>& files, PrometheusRole role)
    : port_(free_port()), process_(prometheus_command(role, written(files, directory_), port_)) {
  const auto ready = [this] { return http_exchange(port_, "GET", "/-/ready").status == 200; };
  if (!eventually(ready, std::chrono::seconds(20))) {
    throw std::runtime_error("Prometheus did not start: " + process_.standard_error());
  }
}

std::string PrometheusServer::config(std::uint16_t target) {
  return fmt::format(R"(
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: dbpool
    static_configs: [{{targets: ["127.0.0.1:{}"]}}]
)",
                     target);
}

std::string PrometheusServer::get(const std::string& path) const {
  const auto answer = http_exchange(port_, "GET", path);
  if (answer.status != 200) throw std::runtime_error("Prometheus says: " + answer.body);
  return answer.body;
}

std::optional<double> PrometheusServer::query(const std::string& expression,
                                              std::chrono::seconds ahead) const {
  const std::chrono::duration<double> when = std::chrono::system_clock::now().time_since_epoch() + ahead;
  const auto json = nlohmann::json::parse(
      get(fmt::format("/api/v1/query?query={}&time={:.3f}", query_encoded(expression), when.count())));
  const auto& result = json.at("data").at("result");
  if (result.empty()) return std::nullopt;
  return std::stod(result.front().at("value").at(1).get<std::string>());
}

std::vector<std::string> PrometheusServer::exemplars(const std::string& expression) const {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  const auto json = nlohmann::json::parse(
      get(fmt::format("/api/v1/query_exemplars?query={}&start={:.3f}&end={:.3f}", query_encoded(expression),
                      now.count() - 3600, now.count() + 60)));
  std::vector<std::string> labels;
  for (const auto& series : json.at("data")) {
    for (const auto& exemplar : series.at("exemplars")) labels.push_back(exemplar.at("labels").dump());
  }
  return labels;
}

std::vector<std::string> PrometheusServer::bad_rules() const {
  std::vector<std::string> bad;
  const auto json = nlohmann::json::parse(get("/api/v1/rules"));
  for (const auto& group : json.at("data").at("groups")) {
    for (const auto& rule : group.at("rules")) {
      if (rule.at("health") == "ok") continue;
      bad.push_back(fmt::format("{}: {} {}", rule.at("name").get<std::string>(),
                                rule.at("health").get<std::string>(), rule.value("lastError", "")));
    }
  }
  return bad;
}

}  // namespace dbpool
