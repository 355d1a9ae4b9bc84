#pragma once

#include <cstddef>

#include "exposition/json.hpp"
#include "snapshot/history.hpp"

namespace dbpool::mcp {

/// Returns a history of at most `most` items, 1 or more. It is cut into stretches of equal length, the first
/// of which may be shorter; the worst moment of each remains: by status, then by callers that wait, then by
/// connections in use. An item's failed health checks are those of its stretch. Pure.
PoolHistory thinned(const PoolHistory& history, std::size_t most);

/// Returns the newest changes of health in a history, at most `most`, oldest first. Pure.
Json status_changes_json(const PoolHistory& history, std::size_t most);

}  // namespace dbpool::mcp
