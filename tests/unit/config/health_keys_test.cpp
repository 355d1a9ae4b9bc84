#include "config/health_keys.hpp"

#include <doctest/doctest.h>

#include "config/load.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

PoolConfig pool_with_health(const std::string& health) {
  return parse_config("pools: [{name: a, health: " + health + "}]", "x", {}).pools.at(0);
}

HealthPolicy policy(const std::string& health) {
  return pool_with_health(health).health;
}

TEST_CASE("a preset is taken as a whole") {
  for (const auto name : health_preset_names) {
    CAPTURE(name);
    CHECK(policy("{preset: " + std::string(name) + "}") == *health_preset(name));
  }
  CHECK(policy("{}") == *health_preset("capacity"));
}

TEST_CASE("an overridden tier leaves the other tier of the preset alone, wherever the preset stands") {
  const auto overridden = policy("{utilization: {degraded: 0.5}, preset: ombudsman}");
  CHECK(overridden[HealthReason::utilization] == Threshold{Bound{0.5, false}, Bound{0.95, true}});
  CHECK(overridden[HealthReason::errors] == (*health_preset("ombudsman"))[HealthReason::errors]);
}

TEST_CASE("a bound is as strict as the preset has it, else as the table has it first") {
  CHECK(policy("{peak_wait: {degraded: 50ms}}")[HealthReason::peak_wait].degraded == Bound{0.05, true});
  CHECK(policy("{peak_wait: {unhealthy: 2}}")[HealthReason::peak_wait].unhealthy == Bound{2, true});
  CHECK(policy("{utilization: {unhealthy: 1}}")[HealthReason::utilization].unhealthy == Bound{1, false});
  CHECK(policy("{preset: eros, utilization: {degraded: 0.9}}")[HealthReason::utilization].degraded ==
        Bound{0.9, true});
  CHECK(policy("{idle_ratio: {degraded: 0.8}}")[HealthReason::idle_ratio].degraded == Bound{0.8, true});
  CHECK(policy("{healthy_ratio: {unhealthy: 0}}")[HealthReason::healthy_ratio].unhealthy == Bound{0, false});
  CHECK(policy("{preset: eros, errors: {unhealthy: 3}}")[HealthReason::errors].unhealthy == Bound{3, false});
}

TEST_CASE("off removes a tier or a threshold") {
  const auto changed = policy("{errors: {unhealthy: off}, leaks: off, no_connections: {unhealthy: off}}");
  CHECK(changed[HealthReason::errors] == Threshold{Bound{1, false}, std::nullopt});
  CHECK(changed[HealthReason::leaks] == Threshold{});
  CHECK(changed[HealthReason::no_connections] == Threshold{});
}

TEST_CASE("no_connections is on or off in each tier") {
  const auto changed = policy("{no_connections: {degraded: on, unhealthy: off}}");
  const auto on = (*health_preset("capacity"))[HealthReason::no_connections].unhealthy;
  CHECK(changed[HealthReason::no_connections] == Threshold{on, std::nullopt});
}

TEST_CASE("the windows are told to the pool, which counts within them") {
  const auto pool = pool_with_health("{error_window: 10s, wait_window: 5s, recovery_hold: 0}");
  CHECK(pool.health.recovery_hold == 0s);
  CHECK(pool.options.error_window == 10s);
  CHECK(pool.options.wait_window == 5s);
}

TEST_CASE("the windows are told to a source that counts by them") {
  const auto options = [](const std::string& source) {
    const std::string health = "health: {error_window: 10s, wait_window: 5s}";
    return parse_config("sources: [{name: a, " + source + ", " + health + "}]", "x", {})
        .sources.at(0)
        .options;
  };
  const auto pgbouncer = std::get<PgBouncerOptions>(options("type: pgbouncer, dsn: host=h"));
  CHECK(pgbouncer.error_window == 10s);
  CHECK(pgbouncer.wait_window == 5s);
  CHECK(std::get<HttpJsonOptions>(options("type: http_json, url: \"http://h\"")).error_window == 10s);
}

}  // namespace
}  // namespace dbpool
