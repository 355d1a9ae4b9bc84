#pragma once

#include <string>

#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Returns the metrics of the sources of `fleet` and of their pools, without the exporter's, in the text
/// format 0.0.4; then probe_success, 1 if all of the sources are up, and probe_duration_seconds, which is
/// `seconds`. Pure.
std::string probe_text(const FleetSnapshot& fleet, double seconds);

}  // namespace dbpool
