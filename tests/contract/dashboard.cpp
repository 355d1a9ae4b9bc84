#include "contract/dashboard.hpp"

#include <fstream>
#include <stdexcept>

namespace dbpool {

using Json = nlohmann::json;

namespace {

Json read_dashboard(const std::string& name) {
  std::ifstream in(DBPOOL_SOURCE_DIR "/grafana/" + name);
  if (!in) throw std::runtime_error("no dashboard " + name);
  return Json::parse(in);
}

}  // namespace

const Json& overview() {
  static const Json parsed = read_dashboard("dbpool-overview.json");
  return parsed;
}

const Json& fleet_dashboard() {
  static const Json parsed = read_dashboard("dbpool-fleet.json");
  return parsed;
}

std::vector<Json> dashboards() {
  return {overview(), fleet_dashboard()};
}

std::vector<Json> panels_and_rows(const Json& dashboard) {
  std::vector<Json> all;
  for (const Json& panel : dashboard["panels"]) {
    all.push_back(panel);
    for (const Json& inner : panel.value("panels", Json::array())) all.push_back(inner);
  }
  return all;
}

std::vector<Json> panels(const Json& dashboard) {
  auto all = panels_and_rows(dashboard);
  std::erase_if(all, [](const Json& panel) { return panel["type"] == "row"; });
  return all;
}

Json panel(const Json& dashboard, int id) {
  for (const Json& panel : panels(dashboard)) {
    if (panel["id"] == id) return panel;
  }
  throw std::runtime_error("the dashboard has no panel " + std::to_string(id));
}

std::vector<DashboardQuery> panel_queries(const Json& dashboard) {
  std::vector<DashboardQuery> all;
  for (const Json& panel : panels(dashboard)) {
    for (const Json& target : panel["targets"]) {
      all.push_back({panel["title"].get<std::string>() + " " + target["refId"].get<std::string>(),
                     target["expr"], target.value("legendFormat", ""), target.value("instant", false)});
    }
  }
  return all;
}

std::vector<DashboardQuery> dashboard_queries() {
  auto all = panel_queries(overview());
  for (auto& query : panel_queries(fleet_dashboard())) all.push_back(query);
  return all;
}

}  // namespace dbpool
