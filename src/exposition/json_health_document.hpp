#pragma once

#include "exposition/json.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Returns the document of /health, codebase-mcp's health://connection-pool: sums over the pools, and the
/// worst of the values without a sum. Pure.
Json health_document_json(const FleetSnapshot& fleet);

}  // namespace dbpool
