#include "contract/dashboard.hpp"

#include <fstream>
#include <stdexcept>

namespace dbpool {

using Json = nlohmann::json;

const Json& dashboard() {
  static const Json parsed = [] {
    std::ifstream in(DBPOOL_SOURCE_DIR "/grafana/dbpool-overview.json");
    if (!in) throw std::runtime_error("no dashboard");
    return Json::parse(in);
  }();
  return parsed;
}

std::vector<Json> panels_and_rows() {
  std::vector<Json> all;
  for (const Json& panel : dashboard()["panels"]) {
    all.push_back(panel);
    for (const Json& inner : panel.value("panels", Json::array())) all.push_back(inner);
  }
  return all;
}

std::vector<Json> panels() {
  auto all = panels_and_rows();
  std::erase_if(all, [](const Json& panel) { return panel["type"] == "row"; });
  return all;
}

Json panel(int id) {
  for (const Json& panel : panels()) {
    if (panel["id"] == id) return panel;
  }
  throw std::runtime_error("the dashboard has no panel " + std::to_string(id));
}

std::vector<DashboardQuery> dashboard_queries() {
  std::vector<DashboardQuery> all;
  for (const Json& panel : panels()) {
    for (const Json& target : panel["targets"]) {
      all.push_back(
          {panel["title"], target["expr"], target.value("legendFormat", ""), target.value("instant", false)});
    }
  }
  for (const Json& annotation : dashboard()["annotations"]["list"]) {
    all.push_back({annotation["name"], annotation["expr"], annotation["titleFormat"], false});
  }
  return all;
}

}  // namespace dbpool
