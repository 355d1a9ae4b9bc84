#include "health/health_policy.hpp"

namespace dbpool {
namespace {

constexpr Bound at(double value) {
  return {value, false};
}
constexpr Bound beyond(double value) {
  return {value, true};
}

HealthPolicy capacity() {
  HealthPolicy policy;
  policy[HealthReason::utilization] = {.degraded = at(0.80), .unhealthy = {}};
  policy[HealthReason::saturation] = {.degraded = {}, .unhealthy = at(0.95)};
  policy[HealthReason::errors] = {.degraded = at(1), .unhealthy = at(10)};
  policy[HealthReason::peak_wait] = {.degraded = beyond(0.1), .unhealthy = {}};
  policy[HealthReason::response] = {.degraded = beyond(1), .unhealthy = {}};
  policy[HealthReason::leaks] = {.degraded = at(1), .unhealthy = {}};
  policy[HealthReason::no_connections] = {.degraded = {}, .unhealthy = at(1)};
  policy[HealthReason::clients] = {.degraded = at(0.90), .unhealthy = at(1)};
  policy[HealthReason::paused] = {.degraded = at(1), .unhealthy = {}};
  return policy;
}

HealthPolicy codebase_mcp() {
  HealthPolicy policy;
  policy[HealthReason::idle_ratio] = {.degraded = beyond(0.80), .unhealthy = beyond(0.50)};
  policy[HealthReason::errors] = {.degraded = at(1), .unhealthy = {}};
  policy[HealthReason::peak_wait] = {.degraded = beyond(0.1), .unhealthy = {}};
  policy[HealthReason::no_connections] = {.degraded = {}, .unhealthy = at(1)};
  return policy;
}

HealthPolicy ombudsman() {
  HealthPolicy policy;
  policy[HealthReason::utilization] = {.degraded = at(0.80), .unhealthy = beyond(0.95)};
  policy[HealthReason::errors] = {.degraded = at(1), .unhealthy = beyond(10)};
  return policy;
}

HealthPolicy snowflake() {
  HealthPolicy policy;
  policy[HealthReason::response] = {.degraded = beyond(5), .unhealthy = {}};
  policy[HealthReason::healthy_ratio] = {.degraded = beyond(0.50), .unhealthy = at(0)};
  return policy;
}

HealthPolicy eros() {
  HealthPolicy policy;
  policy.utilization_of_configured = true;
  policy[HealthReason::utilization] = {.degraded = beyond(0.80), .unhealthy = {}};
  return policy;
}

}  // namespace

std::optional<HealthPolicy> health_preset(std::string_view name) {
  if (name == "capacity") return capacity();
  if (name == "codebase-mcp") return codebase_mcp();
  if (name == "ombudsman") return ombudsman();
  if (name == "snowflake") return snowflake();
  if (name == "eros") return eros();
  return std::nullopt;
}

}  // namespace dbpool
