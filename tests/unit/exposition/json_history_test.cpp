#include "exposition/json_history.hpp"

#include "json_fleets.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

TEST_CASE("a history item has the Snowflake document's fields and the connections' states") {
  HistoryItem item;
  item.time = example_time;
  item.status = HealthStatus::degraded;
  item.total = 5, item.healthy = 4, item.active = 1, item.idle = 3, item.waiting = 2;
  item.failed_health_checks = 6, item.average_response_ms = 1.23456, item.errors_last_hour = 7;
  CHECK(history_json("orders", {60s, {item, HistoryItem{}}}) == Json::parse(R"({
    "status": "success",
    "pool": "orders",
    "interval_seconds": 60,
    "history": [
      {"timestamp": "2025-10-13T14:30:00.000Z", "status": "degraded", "total_connections": 5,
       "healthy_connections": 4, "failed_health_checks": 6, "average_response_time_ms": 1.235,
       "errors_last_hour": 7, "active": 1, "idle": 3, "waiting": 2},
      {"timestamp": "1970-01-01T00:00:00.000Z", "status": "unknown", "total_connections": null,
       "healthy_connections": null, "failed_health_checks": null, "average_response_time_ms": null,
       "errors_last_hour": null, "active": null, "idle": null, "waiting": null}
    ]
  })"));
}

TEST_CASE("an interval that is no whole number of seconds stays one") {
  CHECK(history_json("orders", {500ms, {}})["interval_seconds"] == 0.5);
}
