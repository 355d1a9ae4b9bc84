#pragma once

#include "snapshot/fleet_snapshot.hpp"
#include "web/message.hpp"

namespace dbpool {

/// Returns all metrics in the text format that the client prefers, compressed if it accepts gzip.
Response metrics(const Request& request, const FleetSnapshot& fleet);

}  // namespace dbpool
