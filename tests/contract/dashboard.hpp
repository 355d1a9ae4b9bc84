#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dbpool {

/// grafana/dbpool-overview.json, read once. throws std::runtime_error when it cannot be read, and what the
/// JSON library throws when it is no JSON.
const nlohmann::json& dashboard();

/// All panels, those inside collapsed rows and the rows themselves included.
std::vector<nlohmann::json> panels_and_rows();
/// The same without the rows.
std::vector<nlohmann::json> panels();
/// The one with that id. throws std::runtime_error when there is none.
nlohmann::json panel(int id);

/// What somebody who looks at the dashboard asks of Prometheus.
struct DashboardQuery {
  std::string where;       ///< title of the panel, or name of the annotation
  std::string expression;  ///< with Grafana's variables in it
  std::string legend;
  bool instant;
};

/// The queries of the panels and of the annotations.
std::vector<DashboardQuery> dashboard_queries();

}  // namespace dbpool
