#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dbpool {

/// Returns grafana/dbpool-overview.json and grafana/dbpool-fleet.json, each read once. throws
/// std::runtime_error if it cannot be read, and the JSON library's exception if it is not JSON.
const nlohmann::json& overview();
const nlohmann::json& fleet_dashboard();
/// Returns both.
std::vector<nlohmann::json> dashboards();

/// Returns all panels of a dashboard, including rows and the panels inside collapsed rows.
std::vector<nlohmann::json> panels_and_rows(const nlohmann::json& dashboard);
/// Returns the same without the rows.
std::vector<nlohmann::json> panels(const nlohmann::json& dashboard);
/// Returns the panel with that id. throws std::runtime_error if it is absent.
nlohmann::json panel(const nlohmann::json& dashboard, int id);

/// A query that a dashboard sends to Prometheus.
struct DashboardQuery {
  std::string where;       ///< title of the panel, and the query's letter
  std::string expression;  ///< contains Grafana's variables
  std::string legend;
  bool instant;
};

/// Returns the queries of the panels of a dashboard.
std::vector<DashboardQuery> panel_queries(const nlohmann::json& dashboard);
/// Returns those of both dashboards.
std::vector<DashboardQuery> dashboard_queries();

}  // namespace dbpool
