#pragma once

#include <string>

#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Describes a pool's health and the reasons, the worst first, in the Snowflake document's words where it has
/// some. The reasons are described by the figures that were judged, the rest by the present ones. Pure.
std::string health_words(const PoolReport& pool);

}  // namespace dbpool
