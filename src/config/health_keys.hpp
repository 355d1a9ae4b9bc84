#pragma once

#include "config/config.hpp"
#include "config/value.hpp"

namespace dbpool {

/// Sets a whole policy by the name of a preset.
void set_health_preset(PoolConfig& pool, const Value& value, Problems& problems);

/// Overrides one threshold of the policy: `{degraded: …, unhealthy: …}`. A tier that is not mentioned stays
/// as it is, `off` removes one, and `off` instead of the mapping removes both. A bound is a ratio of 0 to 1,
/// a count, a duration (peak_wait, response), or `on` (no_connections).
void override_threshold(PoolConfig& pool, HealthReason reason, const Value& value, Problems& problems);

}  // namespace dbpool
