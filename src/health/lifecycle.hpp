#pragma once

#include <array>
#include <string_view>

#include "dbpool/model/names.hpp"
#include "health/health_policy.hpp"

namespace dbpool {

/// The state of an owned pool, spelled like the `state` label of `dbpool_lifecycle_state`.
enum class LifecycleState {
  initializing,
  healthy,
  degraded,
  unhealthy,
  recovering,
  shutting_down,
  terminated,
};
inline constexpr std::array<std::string_view, 7> lifecycle_state_names{
    "initializing", "healthy", "degraded", "unhealthy", "recovering", "shutting_down", "terminated"};

/// Combines a pool's phase with its health, which distinguishes the states of a serving pool. A serving pool
/// that is not judged yet counts as initializing.
constexpr LifecycleState lifecycle_state(PoolPhase phase, HealthStatus health) {
  constexpr std::array serving{LifecycleState::initializing, LifecycleState::healthy,
                               LifecycleState::degraded, LifecycleState::unhealthy};
  switch (phase) {
    case PoolPhase::serving:
      return serving[index_of(health)];
    case PoolPhase::recovering:
      return LifecycleState::recovering;
    case PoolPhase::shutting_down:
      return LifecycleState::shutting_down;
    case PoolPhase::terminated:
      return LifecycleState::terminated;
    case PoolPhase::initializing:
      break;
  }
  return LifecycleState::initializing;
}

}  // namespace dbpool
