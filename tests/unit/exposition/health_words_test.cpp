#include "exposition/health_words.hpp"

#include "json_fleets.hpp"

using namespace dbpool;
using enum HealthStatus;

namespace {

PoolSnapshot pool_with_callers(std::uint64_t waiting) {
  PoolSnapshot pool = known_pool("orders");
  pool.waiting = waiting;
  return pool;
}

std::string words(HealthStatus status, std::vector<Finding> findings) {
  return health_words(report_of(known_pool("orders"), {status, std::move(findings)}));
}

}  // namespace

TEST_CASE("the Snowflake document's words are used where they fit") {
  CHECK(health_words(report_of(pool_with_callers(0), {unknown, {}})) == "No metrics available");
  CHECK(health_words(report_of(pool_with_callers(0), {healthy, {}})) == "All systems operational");
  CHECK(words(unhealthy, {{HealthReason::healthy_ratio, unhealthy}}) == "No healthy connections available");
  CHECK(words(unhealthy, {{HealthReason::no_connections, unhealthy}}) == "No healthy connections available");
  CHECK(words(degraded, {{HealthReason::healthy_ratio, degraded}}) == "Only 9/10 connections healthy");
  CHECK(words(degraded, {{HealthReason::response, degraded}}) == "High response time: 2ms");
}

TEST_CASE("every other reason has words of its own") {
  CHECK(words(degraded, {{HealthReason::utilization, degraded}}) ==
        "High utilization: 5 of 12 connections active");
  CHECK(words(unhealthy, {{HealthReason::saturation, unhealthy}}) ==
        "Pool exhausted: 5 of 12 connections active, 4 requests waiting");
  CHECK(words(degraded, {{HealthReason::idle_ratio, degraded}}) ==
        "Low idle capacity: 3 of 10 connections idle");
  CHECK(words(degraded, {{HealthReason::errors, degraded}}) == "Recent errors: 2");
  CHECK(words(degraded, {{HealthReason::peak_wait, degraded}}) == "High wait time: 500ms");
  CHECK(words(degraded, {{HealthReason::leaks, degraded}}) ==
        "Potential connection leak: 1 held for too long");
}

TEST_CASE("a limit that others share is named, and so is a pooler that takes no more clients") {
  PoolSnapshot s = known_pooler("pgb");
  s.paused = false;
  s.active = 3, s.max = 4, s.waiting = 2, s.limited_by = "max_db_connections";
  CHECK(health_words(report_of(s, {unhealthy, {{HealthReason::saturation, unhealthy}}})) ==
        "Pool exhausted: 3 of 4 connections active, 2 requests waiting, max_db_connections is used up");
  s.clients_used = 91, s.clients_max = 100;
  CHECK(health_words(report_of(s, {degraded, {{HealthReason::clients, degraded}}})) ==
        "Pooler nearly full: 91 of 100 clients");
  s.clients_used = 100;
  CHECK(health_words(report_of(s, {unhealthy, {{HealthReason::clients, unhealthy}}})) ==
        "Pooler full: 100 of 100 clients");
}

TEST_CASE("a pool that is paused or disabled says so, whatever else is said") {
  PoolSnapshot s = known_pooler("pgb");
  CHECK(health_words(report_of(s, {healthy, {}})) == "paused");
  CHECK(health_words(report_of(s, {healthy, {}, true})) == "paused");
  CHECK(health_words(report_of(s, {degraded, {{HealthReason::paused, degraded}}})) ==
        "paused; Clients wait for a paused pool: 4");
  s.paused = false;
  s.disabled = true;
  CHECK(health_words(report_of(s, {healthy, {}})) == "paused (disabled in the pooler)");
}

TEST_CASE("several reasons are told the worst first, and the same words once") {
  CHECK(words(unhealthy, {{HealthReason::errors, degraded},
                          {HealthReason::healthy_ratio, unhealthy},
                          {HealthReason::no_connections, unhealthy}}) ==
        "No healthy connections available; Recent errors: 2");
}

TEST_CASE("a reason whose figure is not known any more is still told") {
  PoolSnapshot silent;
  silent.pool = "silent";
  CHECK(health_words(report_of(silent, {degraded, {{HealthReason::response, degraded}}})) ==
        "High response time: ?");
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
  const Judgement exhausted{unhealthy, {{HealthReason::saturation, unhealthy}}};
  PoolSnapshot pool;
  pool.pool = "node";
  pool.idle = 0, pool.unknown = 10, pool.max = 10, pool.waiting = 7;
  CHECK(health_words(report_of(pool, exhausted)) ==
        "Pool exhausted: 10 of 10 connections open, 0 idle, 7 requests waiting");
  PoolSnapshot told;
  told.pool = "told";
  told.utilization = 1.0, told.waiting = 7;
  CHECK(health_words(report_of(told, exhausted)) == "Pool exhausted: 100% in use, 7 requests waiting");
}

TEST_CASE("utilization is told of what it was judged against") {
  const Judgement high{degraded, {{HealthReason::utilization, degraded}}};
  PoolReport report = report_of(known_pool("eros"), high);
  report.utilization_of_configured = true;
  CHECK(health_words(report) == "High utilization: 5 of 10 connections active, without overflow");
  PoolSnapshot told;
  told.pool = "told";
  told.utilization = 0.96;
  CHECK(health_words(report_of(told, high)) == "High utilization: 96%");
}
