#include "health/lifecycle.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("a serving pool's lifecycle state is its health") {
  CHECK(lifecycle_state(PoolPhase::serving, HealthStatus::healthy) == LifecycleState::healthy);
  CHECK(lifecycle_state(PoolPhase::serving, HealthStatus::degraded) == LifecycleState::degraded);
  CHECK(lifecycle_state(PoolPhase::serving, HealthStatus::unhealthy) == LifecycleState::unhealthy);
}

TEST_CASE("a serving pool that has not been judged counts as initializing") {
  CHECK(lifecycle_state(PoolPhase::serving, HealthStatus::unknown) == LifecycleState::initializing);
}

TEST_CASE("in every other phase the phase is the lifecycle state, whatever the health") {
  for (const auto health :
       {HealthStatus::unknown, HealthStatus::healthy, HealthStatus::degraded, HealthStatus::unhealthy}) {
    CHECK(lifecycle_state(PoolPhase::initializing, health) == LifecycleState::initializing);
    CHECK(lifecycle_state(PoolPhase::recovering, health) == LifecycleState::recovering);
    CHECK(lifecycle_state(PoolPhase::shutting_down, health) == LifecycleState::shutting_down);
    CHECK(lifecycle_state(PoolPhase::terminated, health) == LifecycleState::terminated);
  }
}
