#pragma once

#include <string>

#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Says in words how a pool is and why, the worst first; in the Snowflake document's words where it has some.
/// Pure.
std::string health_words(const PoolReport& pool);

}  // namespace dbpool
