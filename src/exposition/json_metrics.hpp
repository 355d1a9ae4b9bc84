#pragma once

#include "exposition/json.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Returns the document of /connections/pools/metrics: totals over the pools that know the figure. Pure.
Json metrics_json(const FleetSnapshot& fleet);

}  // namespace dbpool
