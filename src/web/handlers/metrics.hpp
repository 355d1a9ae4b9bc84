#pragma once

#include "snapshot/fleet_snapshot.hpp"
#include "web/message.hpp"

namespace dbpool {

/// All metrics in Prometheus' text format 0.0.4, compressed where the client takes gzip.
Response metrics(const Request& request, const FleetSnapshot& fleet);

}  // namespace dbpool
