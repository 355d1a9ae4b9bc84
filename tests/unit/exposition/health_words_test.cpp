#include "exposition/health_words.hpp"

#include "health/health_tracker.hpp"
#include "json_fleets.hpp"

using namespace dbpool;
using enum HealthStatus;

namespace {

PoolSnapshot pool_with_callers(std::uint64_t waiting) {
  PoolSnapshot pool = known_pool("orders");
  pool.waiting = waiting;
  return pool;
}

/// Returns the words for a pool that `reason` has been found about, in that tier, by a bound that any value
/// crosses.
std::string words(const PoolSnapshot& pool, HealthReason reason, HealthStatus tier) {
  const bool lower_is_worse = reason == HealthReason::idle_ratio || reason == HealthReason::healthy_ratio;
  const Bound any{lower_is_worse ? 1.0 : 0.0, false};
  HealthPolicy policy;
  (tier == degraded ? policy[reason].degraded : policy[reason].unhealthy) = any;
  return health_words(report_of(pool, assess(pool, policy)));
}

std::string words(HealthReason reason, HealthStatus tier) {
  return words(known_pool("orders"), reason, tier);
}

}  // namespace

TEST_CASE("the Snowflake document's words are used where they fit") {
  CHECK(health_words(report_of(pool_with_callers(0), {unknown, {}})) == "No metrics available");
  CHECK(health_words(report_of(pool_with_callers(0), {healthy, {}})) == "All systems operational");
  CHECK(words(HealthReason::healthy_ratio, unhealthy) == "No healthy connections available");
  PoolSnapshot empty;
  empty.idle = 0, empty.min = 1;
  CHECK(words(empty, HealthReason::no_connections, unhealthy) == "No healthy connections available");
  CHECK(words(HealthReason::healthy_ratio, degraded) == "Only 9/10 connections healthy");
  CHECK(words(HealthReason::response, degraded) == "High response time: 2ms");
}

TEST_CASE("every other reason has words of its own") {
  CHECK(words(HealthReason::utilization, degraded) == "High utilization: 5 of 12 connections active");
  CHECK(words(HealthReason::saturation, unhealthy) ==
        "Pool exhausted: 5 of 12 connections active, 4 requests waiting");
  CHECK(words(HealthReason::idle_ratio, degraded) == "Low idle capacity: 3 of 10 connections idle");
  CHECK(words(HealthReason::errors, degraded) == "Recent errors: 2");
  CHECK(words(HealthReason::peak_wait, degraded) == "High wait time: 500ms");
  CHECK(words(HealthReason::leaks, degraded) == "Potential connection leak: 1 held for too long");
}

TEST_CASE("a long wait is written in minutes and seconds") {
  const auto waited = [](double seconds) {
    PoolSnapshot pool = pool_with_callers(0);
    pool.wait_judged_peak = seconds;
    return words(pool, HealthReason::peak_wait, degraded);
  };
  CHECK(waited(9.5) == "High wait time: 9500ms");
  CHECK(waited(10) == "High wait time: 10 s");
  CHECK(waited(59.6) == "High wait time: 1 min 0 s");
  CHECK(waited(89.968) == "High wait time: 1 min 30 s");
}

TEST_CASE("a held status is described by what was judged, although the present figures are fine again") {
  PoolSnapshot pool = pool_with_callers(0);
  const HealthPolicy policy = health_preset("capacity").value();
  HealthTracker tracker;
  const HealthTracker::TimePoint start{};
  pool.errors_recent = 0, pool.leaked = 0;
  tracker.update(pool, policy, start);
  pool.wait_judged_peak = 0.0;
  const Judgement held = tracker.update(pool, policy, start + std::chrono::seconds(1));
  CHECK(health_words(report_of(pool, held)) == "High wait time: 500ms");
  pool.wait_judged_peak.reset();
  CHECK(health_words(report_of(pool, held)) == "High wait time: 500ms");
}

TEST_CASE("the counts in the words for a held status are those that were judged") {
  PoolSnapshot full;
  full.active = full.max = 10, full.idle = 0, full.waiting = 7;
  const Judgement exhausted = assess(full, health_preset("capacity").value());
  full.active = 1, full.idle = 9, full.waiting = 0;
  CHECK(health_words(report_of(full, exhausted)) ==
        "Pool exhausted: 10 of 10 connections active, 7 requests waiting; "
        "High utilization: 10 of 10 connections active");
}

TEST_CASE("a limit that others share is named, and so is a pooler that takes no more clients") {
  PoolSnapshot s = known_pooler("pgb");
  s.paused = false;
  s.active = 3, s.max = 4, s.waiting = 2, s.limited_by = "max_db_connections";
  CHECK(words(s, HealthReason::saturation, unhealthy) ==
        "Pool exhausted: 3 of 4 connections active, 2 requests waiting, max_db_connections is used up");
  s.clients_used = 91, s.clients_max = 100;
  CHECK(words(s, HealthReason::clients, degraded) == "Pooler nearly full: 91 of 100 clients");
  s.clients_used = 100;
  CHECK(words(s, HealthReason::clients, unhealthy) == "Pooler full: 100 of 100 clients");
}

TEST_CASE("a pool that is paused or disabled says so, whatever else is said") {
  PoolSnapshot s = known_pooler("pgb");
  CHECK(health_words(report_of(s, {healthy, {}})) == "paused");
  CHECK(health_words(report_of(s, {healthy, {}, true})) == "paused");
  CHECK(words(s, HealthReason::paused, degraded) == "paused; Clients wait for a paused pool: 4");
  s.paused = false;
  s.disabled = true;
  CHECK(health_words(report_of(s, {healthy, {}})) == "paused (disabled in the pooler)");
}

TEST_CASE("several reasons are told the worst first, and the same words once") {
  PoolSnapshot pool = known_pool("orders");
  pool.idle = pool.active = pool.checking = pool.healthy = pool.opening = 0;
  HealthPolicy policy;
  policy[HealthReason::errors].degraded = Bound{1, false};
  policy[HealthReason::healthy_ratio].unhealthy = Bound{0, false};
  policy[HealthReason::no_connections].unhealthy = Bound{1, false};
  CHECK(health_words(report_of(pool, assess(pool, policy))) ==
        "No healthy connections available; Recent errors: 2");
}

TEST_CASE("a pool that no threshold applies to is said not to be judged") {
  CHECK(health_words(report_of(known_pool("counters"), {unknown, {}, true})) ==
        "Not judged: no threshold applies to what is known; 4 callers wait");
  CHECK(health_words(report_of(pool_with_callers(0), {unknown, {}, true})) ==
        "Not judged: no threshold applies to what is known");
}

TEST_CASE("that all is well is never said while callers wait") {
  CHECK(health_words(report_of(pool_with_callers(7), {healthy, {}})) ==
        "7 callers wait; no threshold is crossed");
  CHECK(health_words(report_of(pool_with_callers(1), {healthy, {}})) ==
        "1 caller waits; no threshold is crossed");
  CHECK(health_words(report_of(pool_with_callers(7), {unknown, {}})) ==
        "No metrics available; 7 callers wait");
  CHECK(health_words(report_of(pool_with_callers(7), {healthy, {}, true})) ==
        "Not judged: no threshold applies to what is known; 7 callers wait");
}

TEST_CASE("an exhausted pool is told by what is known of it") {
  PoolSnapshot pool;
  pool.idle = 0, pool.unknown = 10, pool.max = 10, pool.waiting = 7;
  CHECK(words(pool, HealthReason::saturation, unhealthy) ==
        "Pool exhausted: 10 of 10 connections open, 0 idle, 7 requests waiting");
  PoolSnapshot told;
  told.utilization = 1.0, told.waiting = 7;
  CHECK(words(told, HealthReason::saturation, unhealthy) ==
        "Pool exhausted: 100% in use, 7 requests waiting");
}

TEST_CASE("utilization is told of what it was judged against") {
  const PoolSnapshot busy = known_pool("eros");
  HealthPolicy policy = health_preset("eros").value();
  policy[HealthReason::utilization].degraded = Bound{0.4, false};
  CHECK(health_words(report_of(busy, assess(busy, policy))) ==
        "High utilization: 5 of 10 connections active, without overflow");
  PoolSnapshot told;
  told.utilization = 0.96;
  CHECK(words(told, HealthReason::utilization, degraded) == "High utilization: 96%");
}

TEST_CASE("a status that is held says until when it was so") {
  PoolSnapshot pool = known_pool("orders");
  PoolReport report = report_of(pool, assess(pool, health_preset("capacity").value()));
  const std::string now = health_words(report);
  report.held_since = unix_time(1760365800);
  CHECK(health_words(report) == now + " (until 14:30:00 UTC)");
}

TEST_CASE("a pooler's pool without a connection says why, as far as the pooler can") {
  const HealthPolicy policy = health_preset("capacity").value();
  PoolSnapshot pool = pool_named("pgb/app/alice");
  pool.idle = 0, pool.active = 0, pool.clients_active = 0, pool.clients_waiting = 0;
  const auto said = [&](const std::string& failed_login) {
    return health_words(report_of(pool, assess(pool, policy, failed_login)));
  };
  CHECK(said("") == "No clients and no server connections: nothing is known of the database");
  CHECK(said("server login has been failing") ==
        "No healthy connections available: the pooler cannot log in to the database: server login has been "
        "failing");
  pool.waiting = pool.clients_waiting = 3, pool.last_connect_ok = false;
  CHECK(said("") == "No healthy connections available: paused, or no server can be opened");
  pool.paused = false;
  CHECK(said("") == "No healthy connections available");
}
