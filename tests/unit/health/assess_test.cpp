#include "health/assess.hpp"

#include <doctest/doctest.h>

#include "support/fakes/outline.hpp"
#include "support/fakes/pool_named.hpp"

using namespace dbpool;
using enum HealthStatus;

namespace {

HealthPolicy policy_of(HealthReason reason, Threshold threshold) {
  HealthPolicy policy;
  policy[reason] = threshold;
  return policy;
}

const Judgement not_judged{unknown, {}, true};
const Judgement without_connections{unhealthy, {{HealthReason::no_connections, unhealthy}}};

}  // namespace

TEST_CASE(
    "a pooler's database that counts is not judged and nothing is wrong with it, and before that it is "
    "unknown") {
  PoolSnapshot database = pool_named("pgb/app", PoolScope::database);
  database.paused = false;
  CHECK(outline(assess(database, *health_preset("capacity"))) == not_judged);
  database.queries = 100;
  CHECK(outline(assess(database, *health_preset("capacity"))) == Judgement{healthy, {}, true});
}

TEST_CASE("a pool whose counters alone are known is unknown") {
  PoolSnapshot pool = pool_named("app/main");
  pool.acquisitions = pool.queries = 100;
  CHECK(outline(assess(pool, *health_preset("capacity"))) == not_judged);
}

TEST_CASE("a pool that is replacing its last connection is not without connections") {
  PoolSnapshot ours;
  ours.phase = PoolPhase::serving;
  ours.idle = ours.active = ours.checking = ours.healthy = 0;
  ours.min = 2;
  ours.last_connect_ok = true;
  ours.opening = 2;
  for (const auto name : health_preset_names) {
    CAPTURE(name);
    CHECK(assess(ours, health_preset(name).value()).status == healthy);
  }
  ours.opening = 0;
  CHECK(outline(assess(ours, health_preset("capacity").value())) == without_connections);
}

TEST_CASE("a pool of ours that serves is healthy, though every threshold is off") {
  PoolSnapshot ours;
  ours.phase = PoolPhase::serving;
  ours.idle = ours.active = 1;
  CHECK(outline(assess(ours, HealthPolicy{})) == Judgement{healthy, {}, true});
}

TEST_CASE("a pool of which no threshold knows a figure is unknown, not healthy") {
  for (const auto name : health_preset_names) {
    CHECK(outline(assess(PoolSnapshot{}, health_preset(name).value())) == not_judged);
  }
  PoolSnapshot known;
  known.idle = known.active = known.waiting = known.healthy = 1;
  CHECK(outline(assess(known, HealthPolicy{})) == not_judged);
}

TEST_CASE("a pool is healthy as soon as one threshold is known not to be crossed") {
  const auto status_of = [](auto&& fill) {
    PoolSnapshot s;
    fill(s);
    return assess(s, health_preset("capacity").value()).status;
  };
  CHECK(status_of([](PoolSnapshot& s) { s.errors_recent = 0; }) == healthy);
  CHECK(status_of([](PoolSnapshot& s) { s.wait_judged_peak = 0; }) == healthy);
  CHECK(status_of([](PoolSnapshot& s) { s.waiting = 0; }) == healthy);
  CHECK(status_of([](PoolSnapshot& s) { s.idle = 1; }) == healthy);
  CHECK(status_of([](PoolSnapshot& s) { s.waiting = 3; }) == unknown);
  // Without connections the result depends on whether there should be any.
  CHECK(status_of([](PoolSnapshot& s) { s.idle = 0; }) == unknown);
  CHECK(status_of([](PoolSnapshot& s) { s.idle = s.min = 0; }) == healthy);
  CHECK(status_of([](PoolSnapshot& s) { s.idle = 0, s.last_connect_ok = true; }) == healthy);
  CHECK(status_of([](PoolSnapshot& s) { s.idle = 0, s.last_connect_ok = false; }) == unhealthy);
}

TEST_CASE("a utilization that the source tells itself is judged where max is not known") {
  const HealthPolicy policy = health_preset("ombudsman").value();
  PoolSnapshot s;
  s.active = 9;
  s.utilization = 1.0;
  CHECK(outline(assess(s, policy)) == Judgement{unhealthy, {{HealthReason::utilization, unhealthy}}});
  s.utilization = 0.9;
  CHECK(assess(s, policy).status == degraded);
  s.max = 100;
  CHECK(assess(s, policy).status == healthy);
}

TEST_CASE("utilization is not judged without a max or with a max of 0") {
  const auto policy = policy_of(HealthReason::utilization, {.degraded = Bound{0, false}, .unhealthy = {}});
  PoolSnapshot s;
  s.active = 5;
  CHECK(outline(assess(s, policy)) == not_judged);
  s.max = 0;
  CHECK(outline(assess(s, policy)) == not_judged);
  s.max = 5;
  CHECK(assess(s, policy).status == degraded);
}

TEST_CASE("saturation is not judged without a max or without knowing who waits") {
  const HealthPolicy policy = health_preset("capacity").value();
  PoolSnapshot s;
  s.active = 10;
  s.waiting = 3;
  CHECK(assess(s, policy).status == healthy);
  s.max = 10;
  CHECK(assess(s, policy).status == unhealthy);
  s.waiting.reset();
  CHECK(assess(s, policy).status == degraded);
}

TEST_CASE(
    "a pool at its max with nothing idle and callers that wait is saturated, whatever else is unknown") {
  const HealthPolicy policy = health_preset("capacity").value();
  const Judgement saturated{unhealthy, {{HealthReason::saturation, unhealthy}}};
  PoolSnapshot s;
  s.idle = 0, s.unknown = 10, s.max = 10, s.waiting = 7;
  CHECK(outline(assess(s, policy)) == saturated);
  s.active = 3, s.unknown = 7;
  CHECK(outline(assess(s, policy)) == saturated);
  s.waiting = 0;
  CHECK(assess(s, policy).status == healthy);
  s.waiting = 7, s.max = 20;
  CHECK(assess(s, policy).status == healthy);
  s.max = 10, s.idle = 1, s.unknown = 6;  // idle ones may already be handed over
  CHECK(assess(s, policy).status == healthy);
}

TEST_CASE("a pool whose source tells that all of it is in use is saturated when callers wait") {
  const HealthPolicy policy = health_preset("capacity").value();
  PoolSnapshot s;
  s.utilization = 1.0, s.waiting = 1;
  CHECK(assess(s, policy).status == unhealthy);
  s.waiting = 0;
  CHECK(assess(s, policy).status == degraded);
}

TEST_CASE("a pooler that takes no further caller is saturated, whatever else is known of it") {
  PoolSnapshot s;
  s.saturated = true;
  const Judgement judgement = assess(s, *health_preset("capacity"));
  CHECK(judgement.status == HealthStatus::unhealthy);
  REQUIRE(judgement.findings.size() == 1);
  CHECK(judgement.findings[0].reason == HealthReason::saturation);
}

TEST_CASE("a canary's connection is not load, neither for utilization nor for the idle share") {
  PoolSnapshot s;
  s.idle = 1;
  s.active = 1;
  s.max = 2;
  s.probing = 1;
  const auto load = policy_of(HealthReason::utilization, {.degraded = Bound{0, true}, .unhealthy = {}});
  const auto idle = policy_of(HealthReason::idle_ratio, {.degraded = Bound{1, true}, .unhealthy = {}});
  CHECK(assess(s, load).status == healthy);
  CHECK(assess(s, idle).status == healthy);
  s.probing = 0;
  CHECK(assess(s, load).status == degraded);
  CHECK(assess(s, idle).status == degraded);
}

TEST_CASE("ratios of an empty pool are not judged, except that none of its connections is healthy") {
  PoolSnapshot s;
  s.idle = 0;
  s.active = 0;
  CHECK(outline(assess(s, policy_of(HealthReason::idle_ratio, {{}, Bound{1, false}}))) == not_judged);
  CHECK(assess(s, policy_of(HealthReason::healthy_ratio, {{}, Bound{0, false}})).status == unhealthy);
}

TEST_CASE("connections of which only the total is known count as connections") {
  PoolSnapshot s;
  s.min = 2;
  s.unknown = 3;
  CHECK(assess(s, health_preset("capacity").value()).status == healthy);
  s.unknown = 0;
  CHECK(outline(assess(s, health_preset("capacity").value())) == without_connections);
}

TEST_CASE("the worst finding decides, and all of them are given in the order of the reasons") {
  PoolSnapshot s;
  s.active = 8;
  s.max = 10;
  s.errors_recent = 10;
  s.leaked = 1;
  const Judgement expected{unhealthy,
                           {{HealthReason::utilization, degraded},
                            {HealthReason::errors, unhealthy},
                            {HealthReason::leaks, degraded}}};
  CHECK(outline(assess(s, health_preset("capacity").value())) == expected);
}

TEST_CASE("a pool is unknown while it initializes and while it goes away") {
  PoolSnapshot s;
  s.errors_recent = 100;
  for (const auto phase : {PoolPhase::initializing, PoolPhase::shutting_down, PoolPhase::terminated}) {
    s.phase = phase;
    CHECK(outline(assess(s, health_preset("capacity").value())) == Judgement{});
  }
  s.phase = PoolPhase::serving;
  CHECK(assess(s, health_preset("capacity").value()).status == unhealthy);
}

TEST_CASE("a pool that cannot be read is unknown, whatever was said of it before") {
  PoolSnapshot s;
  s.unread = true;
  for (const auto name : health_preset_names)
    CHECK(outline(assess(s, health_preset(name).value())) == Judgement{});
  CHECK(current_judgement(s, without_connections) == Judgement{});
}

TEST_CASE("a recovering pool is unhealthy for want of connections under every policy") {
  PoolSnapshot s;
  s.phase = PoolPhase::recovering;
  s.idle = 1;
  for (const auto name : health_preset_names) {
    CHECK(outline(assess(s, health_preset(name).value())) == without_connections);
  }
}

TEST_CASE("an older verdict does not hide that a pool is recovering by now") {
  PoolSnapshot s;
  const Judgement verdict{degraded, {{HealthReason::leaks, degraded}}};
  s.phase = PoolPhase::serving;
  CHECK(current_judgement(s, verdict) == verdict);
  s.phase = PoolPhase::recovering;
  CHECK(outline(current_judgement(s, verdict)) == without_connections);
}

TEST_CASE(
    "a pool that is paused or disabled is judged by who waits for it alone, and not by a trial of ours") {
  for (const bool disabled : {false, true}) {
    PoolSnapshot s;
    s.paused = !disabled;
    s.disabled = disabled;
    s.idle = 0, s.active = 5, s.max = 5, s.last_connect_ok = false, s.errors_recent = 20;
    const HealthPolicy policy = health_preset("capacity").value();
    CHECK(outline(assess(s, policy)) == Judgement{healthy, {}, true});  // its clients are unknown
    s.waiting = 1;
    CHECK(outline(assess(s, policy)) == Judgement{degraded, {{HealthReason::paused, degraded}}});
    s.probing_waiters = 1;
    CHECK(outline(assess(s, policy)) == Judgement{healthy, {}});
    s.waiting = 2;
    CHECK(outline(assess(s, policy)) == Judgement{degraded, {{HealthReason::paused, degraded}}});
    CHECK(outline(assess(s, health_preset("ombudsman").value())) == Judgement{healthy, {}, true});
  }
}

TEST_CASE("a finding has the value that crossed a bound, and that bound") {
  PoolSnapshot s;
  s.active = 9, s.probing = 1, s.max = 10, s.errors_recent = 12, s.wait_judged_peak = 0.5;
  const std::vector<Finding> expected{{HealthReason::utilization, degraded, 0.8, {0.80, false}},
                                      {HealthReason::errors, unhealthy, 12, {10, false}},
                                      {HealthReason::peak_wait, degraded, 0.5, {0.1, true}}};
  CHECK(assess(s, health_preset("capacity").value()).findings == expected);
}

TEST_CASE("a judgement with findings keeps the figures that words name, and one without keeps none") {
  PoolSnapshot s;
  s.active = 9, s.idle = 1, s.max = 20, s.configured = 10, s.waiting = 3, s.limited_by = "max_db_connections";
  const JudgedFigures figures = assess(s, health_preset("eros").value()).figures;
  CHECK(figures.active == 9U);
  CHECK(figures.total == 10U);
  CHECK(figures.max == 20U);
  CHECK(figures.capacity == 10U);
  CHECK(figures.without_overflow);
  CHECK(figures.waiting == 3U);
  CHECK(figures.limited_by == "max_db_connections");
  s.active = 1;
  CHECK(assess(s, health_preset("eros").value()) == Judgement{healthy, {}});
}

TEST_CASE("a pooler's pool is known to be well by its clients and servers, and unknown without either") {
  struct Case {
    std::uint64_t clients, waiting, idle, opening;
    bool paused;
    HealthStatus expected;
  };
  for (const Case& c : {
           Case{0, 0, 0, 0, false, unknown},
           Case{0, 0, 0, 0, true, unknown},
           Case{1, 0, 0, 0, false, healthy},
           Case{0, 0, 1, 0, false, healthy},
           Case{0, 0, 0, 1, false, healthy},
           Case{1, 0, 0, 0, true, healthy},
           Case{0, 1, 0, 0, true, degraded},
       }) {
    PoolSnapshot s = pool_named("pgb/app/alice");
    s.clients_active = c.clients;
    s.clients_waiting = s.waiting = c.waiting;
    s.idle = c.idle, s.active = 0, s.checking = 0;
    s.opening = c.opening;
    s.paused = c.paused;
    CAPTURE(c.clients);
    CAPTURE(c.idle);
    CAPTURE(c.opening);
    CAPTURE(c.paused);
    CHECK(assess(s, health_preset("capacity").value()).status == c.expected);
  }
}

TEST_CASE(
    "where a pooler cannot log in, its pools without a connection are unhealthy, unless they are paused") {
  const std::string error = "server login has been failing";
  const HealthPolicy policy = health_preset("ombudsman").value();
  PoolSnapshot deserted = pool_named("pgb/app/alice");
  deserted.idle = 0, deserted.active = 0, deserted.clients_active = 0, deserted.clients_waiting = 0;
  const Judgement judged = assess(deserted, policy, error);
  CHECK(outline(judged) == without_connections);
  CHECK(judged.figures.failed_login == error);
  PoolSnapshot served = deserted;
  served.idle = 1;
  CHECK(assess(served, policy, error).findings.empty());
  PoolSnapshot held = deserted;
  held.paused = true;
  CHECK(assess(held, policy, error).findings.empty());
  PoolSnapshot database = pool_named("pgb/app", PoolScope::database);
  database.queries = 5;
  CHECK(assess(database, policy).status == healthy);
  CHECK(assess(database, policy, error).status == unknown);
}
