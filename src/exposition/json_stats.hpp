#pragma once

#include <optional>
#include <vector>

#include "exposition/json.hpp"
#include "exposition/named_pools.hpp"

namespace dbpool {

/// Returns the document of /connections/pools/stats: every pool by its name, as Ombudsman, codebase-mcp and
/// EROS count, and every source. Pure.
Json stats_json(const FleetSnapshot& fleet);

using Connections = std::vector<ConnectionSnapshot>;

/// Returns the document of /connections/pools/stats/{pool}. `connections`: nullopt = not known to the source.
/// Pure.
Json pool_stats_json(const NamedPool& pool, TimePoint now, const std::optional<Connections>& connections);

}  // namespace dbpool
