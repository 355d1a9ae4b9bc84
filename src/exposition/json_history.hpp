#pragma once

#include <string>

#include "exposition/json.hpp"
#include "snapshot/history.hpp"

namespace dbpool {

/// Returns the document of /connections/pools/history/{pool}: the Snowflake document's HealthMetrics, oldest
/// first. Pure.
Json history_json(const std::string& pool, const PoolHistory& history);

}  // namespace dbpool
