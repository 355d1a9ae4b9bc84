#include "support/prometheus_server.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "support/eventually.hpp"
#include "support/free_port.hpp"
#include "support/http_exchange.hpp"

namespace dbpool {
namespace {

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return encoded;
}

}  // namespace

PrometheusServer::PrometheusServer(std::uint16_t target)
    : port_(free_port()),
      process_({"prometheus", "--config.file=" + directory_.write("prometheus.yml", config(target)).string(),
                "--storage.tsdb.path=" + (directory_.path() / "data").string(),
                fmt::format("--web.listen-address=127.0.0.1:{}", port_)}) {
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

std::optional<double> PrometheusServer::query(const std::string& expression) const {
  const auto answer = http_exchange(port_, "GET", "/api/v1/query?query=" + percent_encoded(expression));
  if (answer.status != 200) throw std::runtime_error("Prometheus says: " + answer.body);
  // Go sends a small answer in one piece, but is free to chunk it.
  const auto begin = answer.body.find('{');
  const auto json = nlohmann::json::parse(answer.body.substr(begin, answer.body.rfind('}') - begin + 1));
  const auto& result = json.at("data").at("result");
  if (result.empty()) return std::nullopt;
  return std::stod(result.front().at("value").at(1).get<std::string>());
}

}  // namespace dbpool
