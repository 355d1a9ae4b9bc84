#pragma once

#include "exposition/json.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// The document of /connections/pools/health: each pool's health with its reasons, and the worst of them.
/// Pure.
Json health_json(const FleetSnapshot& fleet);

}  // namespace dbpool
