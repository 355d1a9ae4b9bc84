#include "exposition/json_health.hpp"

#include "json_fleets.hpp"

using namespace dbpool;
using enum HealthStatus;

TEST_CASE("health has the Ombudsman document's shape and numbers") {
  PoolSnapshot sqlserver = known_pool("sqlserver");
  sqlserver.idle = 3, sqlserver.active = 2, sqlserver.max = 10, sqlserver.errors_recent = 0;
  sqlserver.waiting = 0;
  const Json document = health_json(fleet_of({report_of(sqlserver), report_of(known_pool("snowflake"))}));
  check_has(document, Json::parse(R"({
    "overall_status": "healthy", "total_pools": 2, "healthy_pools": 2, "warnings": []
  })"));
  REQUIRE(document["pools"].size() == 2);
  check_has(document["pools"][0], Json::parse(R"({
    "name": "sqlserver",
    "status": "healthy",
    "utilization": 20.0,
    "pool_size": 3,
    "active_connections": 2,
    "total_capacity": 10,
    "waiting_requests": 0,
    "errors": 0,
    "reasons": [],
    "message": "All systems operational",
    "source_status": null,
    "response_time_ms": 2.0,
    "last_check": "1970-01-01T00:33:20.250Z"
  })"));
}

TEST_CASE("the worst pool decides, and each that is not healthy has a warning") {
  PoolSnapshot told = known_pool("told");
  told.source_status = "slow";
  const Json document = health_json(
      fleet_of({report_of(known_pool("fine")), report_of(known_pool("new"), {}),
                report_of(told, {degraded, {{HealthReason::errors, degraded, 2, {1, false}}}}),
                report_of(known_pool("dead"), {unhealthy, {{HealthReason::no_connections, unhealthy}}})}));
  CHECK(document["overall_status"] == "unhealthy");
  CHECK(document["total_pools"] == 4);
  CHECK(document["healthy_pools"] == 1);
  CHECK(document["warnings"] == Json{"Pool new is unknown: No metrics available; 4 callers wait",
                                     "Pool told is degraded: Recent errors: 2",
                                     "Pool dead is unhealthy: No healthy connections available"});
  CHECK(document["pools"][2]["reasons"] == Json{"errors"});
  CHECK(document["pools"][2]["source_status"] == "slow");
  CHECK(document["pools"][3]["reasons"] == Json{"no_connections"});
}

TEST_CASE("a pool that nothing is known of is unknown, and its figures are null") {
  FleetSnapshot fleet = fleet_that_knows_little();
  const Json document = health_json(fleet);
  CHECK(document["overall_status"] == "unknown");
  CHECK(document["healthy_pools"] == 0);
  check_unknown(document["pools"][0],
                {"utilization", "pool_size", "active_connections", "total_capacity", "waiting_requests",
                 "errors", "source_status", "response_time_ms", "last_check"});
  fleet.sources[0].reading.last_success = example_time;
  CHECK(health_json(fleet)["pools"][0]["last_check"] == "2025-10-13T14:30:00.000Z");
}

TEST_CASE("a pool has the verdict of its diagnosis, and null where an entry has none") {
  FleetSnapshot fleet = fleet_of({report_of(known_pool("orders")), report_of(known_pool("counts"))});
  fleet.sources[0].pools[0].diagnosis = known_diagnosis();
  const Json pools = health_json(fleet)["pools"];
  CHECK(pools[0]["verdict"] == "too_small");
  CHECK(pools[1]["verdict"].is_null());
}

TEST_CASE("it is told apart whether a pool could not be judged or was not read yet") {
  const Json pools = health_json(fleet_of({report_of(known_pool("fine")), report_of(known_pool("new"), {}),
                                           report_of(known_pool("counters"), {unknown, {}, true})}))["pools"];
  CHECK(pools[0]["judged"] == true);
  CHECK(pools[1]["judged"].is_null());
  CHECK(pools[2]["judged"] == false);
}

TEST_CASE("what cannot be judged gives no warning, unless callers wait there") {
  PoolSnapshot front = pool_named("pgb");
  front.clients_waiting = 0;
  PoolSnapshot queue = front;
  queue.key = key_of("queue");
  queue.waiting = 3;
  const Json document =
      health_json(fleet_of({report_of(front, {unknown, {}, true}), report_of(known_pool("db"), {healthy, {}}),
                            report_of(front, {healthy, {}, true}), report_of(queue, {unknown, {}, true})}));
  CHECK(document["warnings"] ==
        Json{"Pool queue is unknown: Not judged: no threshold applies to what is known; 3 callers wait"});
  CHECK(document["total_pools"] == 3);
  CHECK(document["healthy_pools"] == 1);
}

TEST_CASE("a source that cannot be read gives a warning, though it has no pools") {
  FleetSnapshot fleet = fleet_that_knows_little();
  fleet.sources[0].pools.clear();
  CHECK(health_json(fleet)["warnings"].empty());  // it has not been read yet
  fleet.sources[0].reading.up = false;
  fleet.sources[0].reading.last_error = "refused";
  CHECK(health_json(fleet)["warnings"] == Json{"Source pgb cannot be read: refused"});
}

TEST_CASE("without any pool the whole is unknown") {
  CHECK(health_json(fleet_of({})) == Json::parse(R"({
    "overall_status": "unknown", "overall_message": "No metrics available", "sources_down": [],
    "pools": [], "total_pools": 0, "healthy_pools": 0, "warnings": []
  })"));
}

TEST_CASE("the whole has a sentence: sources down, pools that are not healthy, or callers that wait") {
  const auto said = [](const PoolReport& pool, std::optional<bool> up) {
    FleetSnapshot fleet = fleet_of({pool});
    fleet.sources[0].kind = SourceKind::pgbouncer;
    fleet.sources[0].reading.up = up;
    return health_json(fleet)["overall_message"];
  };
  using enum HealthStatus;
  PoolSnapshot calm = known_pool("p"), queued = calm;
  calm.waiting = 0;
  queued.waiting = 7;
  CHECK(said(report_of(calm), true) == "All systems operational");
  CHECK(said(report_of(calm), false) == "1 source down: p");
  CHECK(said(report_of(calm, {degraded, {}}), true) == "1 pool is not healthy");
  CHECK(said(report_of(queued), true) == "7 callers wait");
  CHECK(said(report_of(calm, {unknown, {}}), true) == "No metrics available");
}
