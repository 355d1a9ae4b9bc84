#include "support/servers/alertmanager_server.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "support/eventually.hpp"
#include "support/http/http_exchange.hpp"
#include "support/servers/free_port.hpp"

namespace dbpool {

AlertmanagerServer::AlertmanagerServer(const std::string& config)
    : port_(free_port()),
      process_({"prometheus-alertmanager",
                "--config.file=" + directory_.write("alertmanager.yml", config).string(),
                "--storage.path=" + (directory_.path() / "data").string(),
                "--cluster.listen-address=", fmt::format("--web.listen-address=127.0.0.1:{}", port_)}) {
  const auto ready = [this] { return http_exchange(port_, "GET", "/-/ready").status == 200; };
  if (!eventually(ready, std::chrono::seconds(20))) {
    throw std::runtime_error("Alertmanager did not start: " + process_.standard_error());
  }
}

void AlertmanagerServer::post(const std::vector<Labels>& alerts) const {
  auto body = nlohmann::json::array();
  for (const Labels& labels : alerts) body.push_back({{"labels", labels}});
  const auto answer = http_exchange(port_, "POST", "/api/v2/alerts", {.json = body.dump()});
  if (answer.status != 200) throw std::runtime_error("Alertmanager says: " + answer.body);
}

std::map<Labels, bool> AlertmanagerServer::active() const {
  const auto answer = http_exchange(port_, "GET", "/api/v2/alerts");
  if (answer.status != 200) throw std::runtime_error("Alertmanager says: " + answer.body);
  std::map<Labels, bool> all;
  for (const auto& alert : nlohmann::json::parse(answer.body)) {
    all[alert.at("labels").get<Labels>()] = alert.at("status").at("state") == "active";
  }
  return all;
}

}  // namespace dbpool
