#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dbpool {

/// Returns grafana/dbpool-overview.json, read once. throws std::runtime_error if it cannot be read, and the
/// JSON library's exception if it is not JSON.
const nlohmann::json& dashboard();

/// Returns all panels, including rows and the panels inside collapsed rows.
std::vector<nlohmann::json> panels_and_rows();
/// Returns the same without the rows.
std::vector<nlohmann::json> panels();
/// Returns the panel with that id. throws std::runtime_error if it is absent.
nlohmann::json panel(int id);

/// A query that the dashboard sends to Prometheus.
struct DashboardQuery {
  std::string where;       ///< title of the panel, or name of the annotation
  std::string expression;  ///< contains Grafana's variables
  std::string legend;
  bool instant;
};

/// Returns the queries of the panels and of the annotations.
std::vector<DashboardQuery> dashboard_queries();

}  // namespace dbpool
