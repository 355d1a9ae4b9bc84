#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dbpool {

/// Spelled like the `status` label. Ordered from best to worst; `unknown`, the first, is no judgement.
enum class HealthStatus { unknown, healthy, degraded, unhealthy };
inline constexpr std::array<std::string_view, 4> health_status_names{"unknown", "healthy", "degraded",
                                                                     "unhealthy"};

/// The thresholds, spelled like the `reason` label and the keys of `health:`.
enum class HealthReason {
  utilization,
  saturation,
  idle_ratio,
  errors,
  peak_wait,
  response,
  healthy_ratio,
  leaks,
  no_connections,
  clients,
  paused,
};
inline constexpr std::array<std::string_view, 11> health_reason_names{
    "utilization",   "saturation", "idle_ratio",     "errors",  "peak_wait", "response",
    "healthy_ratio", "leaks",      "no_connections", "clients", "paused"};

constexpr std::string_view to_string(HealthStatus s) {
  return health_status_names[static_cast<std::size_t>(s)];
}
constexpr std::string_view to_string(HealthReason r) {
  return health_reason_names[static_cast<std::size_t>(r)];
}

/// The bound at which a tier begins.
struct Bound {
  double value = 0;
  bool exclusive = false;  ///< true: only values beyond it count; false: the bound itself counts too
  bool operator==(const Bound&) const = default;
};

/// The bounds of one quantity; an absent one judges nothing. Ratios are 0 to 1, durations seconds.
struct Threshold {
  std::optional<Bound> degraded, unhealthy;
  bool operator==(const Threshold&) const = default;
};

/// The thresholds that a pool is judged by. A value type.
struct HealthPolicy {
  std::array<Threshold, health_reason_names.size()> thresholds;
  /// Whether utilization is measured against the configured size, without overflow (the EROS document).
  bool utilization_of_configured = false;
  std::chrono::nanoseconds recovery_hold = std::chrono::seconds(10);

  Threshold& operator[](HealthReason r) { return thresholds[static_cast<std::size_t>(r)]; }
  const Threshold& operator[](HealthReason r) const { return thresholds[static_cast<std::size_t>(r)]; }
  bool operator==(const HealthPolicy&) const = default;
};

/// Returns the policy with this name in the configuration: capacity, codebase-mcp, ombudsman, snowflake,
/// eros; nullopt for any other. The table in the contract is the source of every number.
std::optional<HealthPolicy> health_preset(std::string_view name);
inline constexpr std::array<std::string_view, 5> health_preset_names{"capacity", "codebase-mcp", "ombudsman",
                                                                     "snowflake", "eros"};

}  // namespace dbpool
