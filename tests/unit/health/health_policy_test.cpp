#include "health/health_policy.hpp"

#include <doctest/doctest.h>

#include <string>

#include "dbpool/model/pool_snapshot.hpp"
#include "health/assess.hpp"
#include "support/fakes/outline.hpp"

using namespace dbpool;
using enum HealthStatus;

namespace {

/// Returns a healthy pool of 100.
PoolSnapshot calm() {
  PoolSnapshot s;
  s.idle = 100;
  s.active = 0;
  s.checking = 0;
  s.healthy = 100;
  s.min = 2;
  s.max = 100;
  s.configured = 100;
  s.waiting = 0;
  s.wait_judged_peak = 0;
  s.errors_recent = 0;
  s.leaked = 0;
  s.response_time = 0.001;
  s.last_connect_ok = true;
  return s;
}

PoolSnapshot busy(std::uint64_t active, std::uint64_t waiting = 0) {
  PoolSnapshot s = calm();
  s.active = active;
  s.idle = 100 - active;
  s.waiting = waiting;
  return s;
}

PoolSnapshot erring(std::uint64_t errors) {
  PoolSnapshot s = calm();
  s.errors_recent = errors;
  return s;
}

PoolSnapshot waited(double seconds) {
  PoolSnapshot s = calm();
  s.wait_judged_peak = seconds;
  return s;
}

PoolSnapshot answering(double seconds) {
  PoolSnapshot s = calm();
  s.response_time = seconds;
  return s;
}

PoolSnapshot validated(std::uint64_t healthy) {
  PoolSnapshot s = calm();
  s.healthy = healthy;
  return s;
}

PoolSnapshot leaking(std::uint64_t leaked) {
  PoolSnapshot s = calm();
  s.leaked = leaked;
  return s;
}

PoolSnapshot crowded(std::uint64_t clients) {
  PoolSnapshot s = calm();
  s.clients_used = clients;
  s.clients_max = 100;
  return s;
}

PoolSnapshot paused_with(std::uint64_t waiting) {
  PoolSnapshot s = busy(100, waiting);
  s.paused = true;
  return s;
}

PoolSnapshot empty(std::uint64_t min, std::optional<bool> last_connect_ok) {
  PoolSnapshot s = calm();
  s.idle = s.healthy = 0;
  s.min = min;
  s.last_connect_ok = last_connect_ok;
  return s;
}

struct Case {
  std::string what;
  PoolSnapshot snapshot;
  HealthStatus status;
  std::optional<HealthReason> reason = {};
};

void check(std::string_view preset, const std::vector<Case>& cases) {
  const HealthPolicy policy = health_preset(preset).value();
  for (const Case& c : cases) {
    CAPTURE(c.what);
    Judgement expected{c.status, {}, c.status == HealthStatus::unknown};
    if (c.reason) expected.findings.push_back({*c.reason, c.status});
    const Judgement judgement = assess(c.snapshot, policy);
    CHECK(to_string(judgement.status) == to_string(c.status));
    CHECK(outline(judgement) == expected);
  }
}

}  // namespace

TEST_CASE(
    "the capacity preset judges load against max, errors, waits, responses, leaks and lost connections") {
  using enum HealthReason;
  check("capacity", {
                        {"calm", calm(), healthy},
                        {"utilization 0.79", busy(79), healthy},
                        {"utilization 0.80", busy(80), degraded, utilization},
                        {"full, nobody waits", busy(100), degraded, utilization},
                        {"0.94 and waiters", busy(94, 1), degraded, utilization},
                        {"1 error", erring(1), degraded, errors},
                        {"9 errors", erring(9), degraded, errors},
                        {"10 errors", erring(10), unhealthy, errors},
                        {"a wait of 100 ms", waited(0.1), healthy},
                        {"a wait of 101 ms", waited(0.101), degraded, peak_wait},
                        {"a wait of an hour", waited(3600), degraded, peak_wait},
                        {"a response in 1 s", answering(1), healthy},
                        {"a response in 1.001 s", answering(1.001), degraded, response},
                        {"1 leak", leaking(1), degraded, leaks},
                        {"100 leaks", leaking(100), degraded, leaks},
                        {"no connection passed its validation", validated(0), healthy},
                        {"89 of 100 clients", crowded(89), healthy},
                        {"90 of 100 clients", crowded(90), degraded, clients},
                        {"100 of 100 clients", crowded(100), unhealthy, clients},
                        {"full and paused", paused_with(0), healthy},
                        {"full and paused with waiters", paused_with(1), degraded, paused},
                        {"empty", empty(2, true), unhealthy, no_connections},
                        {"empty by configuration", empty(0, true), healthy},
                        {"empty, nothing tried yet", empty(0, std::nullopt), healthy},
                        {"empty, connect failed", empty(0, false), unhealthy, no_connections},
                    });
}

TEST_CASE("the capacity preset calls a pool saturated at 0.95 of max with callers waiting") {
  const HealthPolicy policy = health_preset("capacity").value();
  const Judgement expected{unhealthy,
                           {{HealthReason::utilization, degraded}, {HealthReason::saturation, unhealthy}}};
  CHECK(outline(assess(busy(95, 1), policy)) == expected);
  CHECK(outline(assess(busy(100, 1), policy)) == expected);
  CHECK(assess(busy(95, 0), policy).status == degraded);
}

TEST_CASE("the codebase-mcp preset judges the idle share of the total") {
  using enum HealthReason;
  check("codebase-mcp", {
                            {"calm", calm(), healthy},
                            {"idle 0.81", busy(19), healthy},
                            {"idle 0.80", busy(20), healthy},
                            {"idle 0.79", busy(21), degraded, idle_ratio},
                            {"idle 0.50", busy(50), degraded, idle_ratio},
                            {"idle 0.49", busy(51), unhealthy, idle_ratio},
                            {"full with waiters", busy(100, 5), unhealthy, idle_ratio},
                            {"1 error", erring(1), degraded, errors},
                            {"1000 errors", erring(1000), degraded, errors},
                            {"a wait of 100 ms", waited(0.1), healthy},
                            {"a wait of 101 ms", waited(0.101), degraded, peak_wait},
                            {"a slow response", answering(60), healthy},
                            {"leaks", leaking(5), healthy},
                            {"empty", empty(2, true), unhealthy, no_connections},
                            {"empty by configuration", empty(0, true), healthy},
                            {"empty, connect failed", empty(0, false), unhealthy, no_connections},
                        });
}

TEST_CASE("the ombudsman preset judges utilization and errors, their worst tier strictly beyond the bound") {
  using enum HealthReason;
  check("ombudsman", {
                         {"calm", calm(), healthy},
                         {"utilization 0.79", busy(79), healthy},
                         {"utilization 0.80", busy(80), degraded, utilization},
                         {"utilization 0.95", busy(95, 9), degraded, utilization},
                         {"utilization 0.96", busy(96), unhealthy, utilization},
                         {"1 error", erring(1), degraded, errors},
                         {"10 errors", erring(10), degraded, errors},
                         {"11 errors", erring(11), unhealthy, errors},
                         {"a long wait", waited(60), healthy},
                         {"a slow response", answering(60), healthy},
                         {"leaks", leaking(5), healthy},
                         {"empty", empty(2, false), healthy},
                     });
}

TEST_CASE("the snowflake preset judges validated connections and the response time") {
  using enum HealthReason;
  check("snowflake", {
                         {"calm", calm(), healthy},
                         {"half of them valid", validated(50), healthy},
                         {"0.49 valid", validated(49), degraded, healthy_ratio},
                         {"0.01 valid", validated(1), degraded, healthy_ratio},
                         {"none valid", validated(0), unhealthy, healthy_ratio},
                         {"none at all", empty(0, true), unhealthy, healthy_ratio},
                         {"a response in 5 s", answering(5), healthy},
                         {"a response in 5.001 s", answering(5.001), degraded, response},
                         {"full with waiters", busy(100, 5), healthy},
                         {"errors", erring(100), healthy},
                     });
}

TEST_CASE("the eros preset judges utilization of the configured size, without overflow") {
  using enum HealthReason;
  PoolSnapshot overflowing = busy(81);
  overflowing.max = 200;
  PoolSnapshot unlimited = busy(81);
  unlimited.configured.reset();
  check("eros", {
                    {"calm", calm(), healthy},
                    {"0.80", busy(80), healthy},
                    {"0.81", busy(81), degraded, utilization},
                    {"full with waiters", busy(100, 5), degraded, utilization},
                    {"0.81 of the configured, 0.405 of max", overflowing, degraded, utilization},
                    {"no configured size", unlimited, unknown},
                    {"errors", erring(100), healthy},
                    {"empty", empty(2, false), healthy},
                });
}

TEST_CASE("every preset has a name and every other name has none") {
  for (const auto name : health_preset_names) CHECK(health_preset(name).has_value());
  CHECK_FALSE(health_preset("Capacity").has_value());
  CHECK_FALSE(health_preset("").has_value());
}

TEST_CASE("every preset has a hold of ten seconds") {
  for (const auto name : health_preset_names)
    CHECK(health_preset(name).value().recovery_hold == std::chrono::seconds(10));
}
