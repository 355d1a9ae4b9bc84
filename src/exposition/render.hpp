#pragma once

#include <string>

#include "exposition/series_sink.hpp"
#include "exposition/text_writer.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Adds every series of `fleet` to `out`, in the order of the catalogue. Pure.
void render(const FleetSnapshot& fleet, SeriesSink& out);

/// Adds the series of the sources of `fleet` and of their pools, not the exporter's. Pure.
void render_sources(const FleetSnapshot& fleet, SeriesSink& out);

/// Adds the series of the pools of `fleet` alone. Pure.
void render_pools(const FleetSnapshot& fleet, SeriesSink& out);

/// Returns every series of `fleet` as text. Pure.
std::string render_text(const FleetSnapshot& fleet, MetricsFormat format = MetricsFormat::prometheus);

}  // namespace dbpool
