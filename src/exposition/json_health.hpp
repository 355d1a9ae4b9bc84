#pragma once

#include "exposition/json.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Returns the document of /connections/pools/health: each pool's health with its reasons, and the worst
/// health. Pure.
Json health_json(const FleetSnapshot& fleet);

}  // namespace dbpool
