#pragma once

#include "snapshot/fleet_snapshot.hpp"
#include "web/message.hpp"

namespace dbpool {

/// Returns all metrics in Prometheus' text format 0.0.4, compressed if the client accepts gzip.
Response metrics(const Request& request, const FleetSnapshot& fleet);

}  // namespace dbpool
