#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Returns every series of `fleet`, in the order of the catalogue; omits metrics without series. Pure.
std::vector<prometheus::MetricFamily> render(const FleetSnapshot& fleet);

/// Returns the same in Prometheus' text format 0.0.4. Pure.
std::string render_text(const FleetSnapshot& fleet);

}  // namespace dbpool
