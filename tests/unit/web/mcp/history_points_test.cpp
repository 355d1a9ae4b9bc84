#include "web/mcp/history_points.hpp"

#include <doctest/doctest.h>

#include "support/fakes/known_fleet.hpp"

namespace dbpool::mcp {
namespace {

using enum HealthStatus;

/// Returns a healthy history with an item each minute.
PoolHistory calm_history(int minutes) {
  PoolHistory history{std::chrono::minutes(1), {}};
  for (int i = 0; i < minutes; ++i) {
    HistoryItem& item = history.items.emplace_back();
    item.time = unix_time(60 * i), item.status = healthy;
    item.active = 1U, item.waiting = 0U, item.failed_health_checks = 1;
  }
  return history;
}

}  // namespace

TEST_CASE("a short history stays as it is") {
  for (const int minutes : {0, 1, 59, 60}) {
    const PoolHistory points = thinned(calm_history(minutes), 60);
    CHECK(points.items.size() == static_cast<std::size_t>(minutes));
    CHECK(points.interval == std::chrono::minutes(1));
  }
}

TEST_CASE("a long one becomes stretches that end at the present, and no failed health check is lost") {
  for (const int minutes : {61, 100, 119, 120, 121, 1440}) {
    CAPTURE(minutes);
    const PoolHistory points = thinned(calm_history(minutes), 60);
    CHECK(points.items.size() <= 60);
    CHECK(points.items.size() > 30);
    std::uint32_t failed = 0;
    for (const HistoryItem& point : points.items) failed += point.failed_health_checks.value_or(0);
    CHECK(failed == static_cast<std::uint32_t>(minutes));
    const int stretch = (minutes + 59) / 60;
    CHECK(points.interval == std::chrono::minutes(stretch));
    CHECK(points.items.back().time == unix_time(60 * (minutes - stretch)));
  }
}

TEST_CASE("a point is the worst moment of its stretch: by status, then by callers that wait, then by use") {
  PoolHistory history = calm_history(12);
  history.items[1].active = 9U;
  history.items[4].waiting = 3U, history.items[5].active = 9U;
  history.items[7].waiting = 3U, history.items[8].status = degraded;
  history.items[9].waiting.reset(), history.items[9].active.reset();
  const auto points = thinned(history, 4).items;
  REQUIRE(points.size() == 4);
  CHECK(points[0].time == unix_time(60));
  CHECK(points[1].time == unix_time(240));
  CHECK(points[2].time == unix_time(480));
  CHECK(points[3].time == unix_time(600));
}

TEST_CASE("a check that was not counted anywhere in a stretch is not known there") {
  PoolHistory history = calm_history(4);
  for (HistoryItem& item : history.items) item.failed_health_checks.reset();
  history.items[3].failed_health_checks = 2;
  const auto points = thinned(history, 2).items;
  CHECK_FALSE(points[0].failed_health_checks.has_value());
  CHECK(points[1].failed_health_checks == 2);
}

TEST_CASE("the changes of health are those between neighbours, and the newest ones count") {
  PoolHistory history = calm_history(6);
  CHECK(status_changes_json(history, 5) == Json::array());
  history.items[2].status = unhealthy, history.items[3].status = unhealthy,
  history.items[5].status = degraded;
  const Json all = Json::parse(R"([
    {"timestamp": "1970-01-01T00:02:00.000Z", "from": "healthy", "to": "unhealthy"},
    {"timestamp": "1970-01-01T00:04:00.000Z", "from": "unhealthy", "to": "healthy"},
    {"timestamp": "1970-01-01T00:05:00.000Z", "from": "healthy", "to": "degraded"}
  ])");
  CHECK(status_changes_json(history, 3) == all);
  CHECK(status_changes_json(history, 2) == Json::array({all[1], all[2]}));
}

}  // namespace dbpool::mcp
