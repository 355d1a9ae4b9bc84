#pragma once

#include <array>

#include "config/config.hpp"
#include "config/key_setters.hpp"
#include "config/key_table.hpp"
#include "config/value.hpp"
#include "health/health_policy.hpp"

namespace dbpool {

/// Sets the whole policy to the named preset.
void set_health_preset(HealthPolicy& policy, const Value& value, Problems& problems);

/// Overrides one threshold of the policy: `{degraded: …, unhealthy: …}`. A missing tier is unchanged, `off`
/// removes a tier, and `off` in place of the mapping removes both. A bound is a ratio from 0 to 1, a count, a
/// duration (peak_wait, response), or `on` (no_connections, paused).
void override_threshold(HealthPolicy& policy, HealthReason reason, const Value& value, Problems& problems);

/// Sets the window of errors of the part that counts them.
void set_error_window(PoolConfig& pool, Duration window);
void set_error_window(SourceConfig& source, Duration window);

/// Sets the window of waits of the part that counts them. In a probed source only timed acquisitions use it;
/// waits reported by a target use the target's own.
void set_wait_window(PoolConfig& pool, Duration window);
void set_wait_window(SourceConfig& source, Duration window);

template <typename Target>
void preset(Target& target, const Value& value, Problems& problems) {
  set_health_preset(target.health, value, problems);
}

template <HealthReason reason, typename Target>
void threshold(Target& target, const Value& value, Problems& problems) {
  override_threshold(target.health, reason, value, problems);
}

template <typename Target>
void error_window(Target& target, const Value& value, Problems& problems) {
  if (const auto read = read_duration(value, Duration(1), problems)) set_error_window(target, *read);
}

template <typename Target>
void wait_window(Target& target, const Value& value, Problems& problems) {
  if (const auto read = read_duration(value, Duration(1), problems)) set_wait_window(target, *read);
}

/// The options in `health:` of a pool or a source.
template <typename Target>
constexpr std::array<Key<Target>, 15> health_keys() {
  using enum Variable;
  constexpr auto later = Turn::after_preset;
  using enum HealthReason;
  return {{
      {"health.preset", none, "capacity", "capacity, codebase-mcp, ombudsman, snowflake or eros", preset,
       Turn::preset},
      {"health.utilization", none, "", "{degraded: …, unhealthy: …}, each a ratio from 0 to 1 or off",
       threshold<utilization>, later},
      {"health.saturation", none, "", "the same, of connections in use while callers wait",
       threshold<saturation>, later},
      {"health.idle_ratio", none, "", "the same, of idle connections", threshold<idle_ratio>, later},
      {"health.errors", none, "", "the same with counts, within error_window", threshold<errors>, later},
      {"health.peak_wait", none, "", "the same with durations, within wait_window", threshold<peak_wait>,
       later},
      {"health.response", none, "", "the same with durations, of a health check", threshold<response>, later},
      {"health.healthy_ratio", none, "",
       "the same with ratios, of connections that passed their last validation", threshold<healthy_ratio>,
       later},
      {"health.leaks", none, "", "the same with counts", threshold<leaks>, later},
      {"health.no_connections", none, "", "the same with on or off", threshold<no_connections>, later},
      {"health.clients", none, "", "the same with ratios, of the clients that a pooler takes",
       threshold<clients>, later},
      {"health.paused", none, "", "the same with on or off, while clients wait for a paused pooler",
       threshold<paused>, later},
      {"health.error_window", none, "60s", "how long an error counts", error_window, later},
      {"health.wait_window", none, "60s", "how long a wait counts", wait_window, later},
      {"health.recovery_hold", none, "10s", "how long it must look better before the status improves",
       duration<&HealthPolicy::recovery_hold>, later},
  }};
}

}  // namespace dbpool
