#include "sources/push/gauge_series.hpp"

#include <doctest/doctest.h>

#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;

TEST_CASE("a gauge keeps its last value while it is fresh") {
  GaugeSeries gauge;
  CHECK(gauge.value(arrival(0)) == std::nullopt);
  gauge.set(point_at(1, 60), 5);
  gauge.set(point_at(1, 120), 3);
  CHECK(gauge.value(arrival(120)) == 3);
  CHECK(gauge.value(arrival(121)) == std::nullopt);
}

TEST_CASE("a gauge that comes late does not count") {
  GaugeSeries gauge;
  gauge.set(point_at(1, 120), 3);
  CHECK(gauge.set(point_at(1, 60), 5) == RejectReason::stale);
  CHECK(gauge.value(arrival(0)) == 3);
}

TEST_CASE("a restart replaces the value of a gauge at once") {
  GaugeSeries gauge;
  gauge.set(point_at(1, 60), 5);
  gauge.set(point_at(70, 80), 2);
  CHECK(gauge.value(arrival(0)) == 2);
}

TEST_CASE("gauges of two processes with one resource add up from the second export on") {
  GaugeSeries gauge;
  gauge.set(point_at(1, 60), 5);
  gauge.set(point_at(70, 80), 2);
  gauge.set(point_at(1, 120), 6);
  CHECK(gauge.value(arrival(0)) == 8);
  CHECK(gauge.value(arrival(100)) == 6);
}

TEST_CASE("a gauge without a value has ended until it has one again") {
  GaugeSeries gauge;
  gauge.set(point_at(1, 60), 5);
  gauge.set(point_at(1, 120), std::nullopt);
  CHECK(gauge.value(arrival(0)) == std::nullopt);
  gauge.set(point_at(1, 180), 4);
  CHECK(gauge.value(arrival(0)) == 4);
}

TEST_CASE("a gauge has fallen to 0 from above until it rises, and has not if it began at 0") {
  GaugeSeries gauge;
  gauge.set(point_at(1, 60), 0);
  CHECK_FALSE(gauge.fell_to_zero(arrival(0)));
  gauge.set(point_at(1, 120), 10);
  CHECK_FALSE(gauge.fell_to_zero(arrival(0)));
  gauge.set(point_at(1, 180), 0);
  CHECK(gauge.fell_to_zero(arrival(0)));
  gauge.set(point_at(1, 240), 0);
  CHECK(gauge.fell_to_zero(arrival(0)));
  gauge.set(point_at(1, 300), 10);
  CHECK_FALSE(gauge.fell_to_zero(arrival(0)));
}

TEST_CASE("a process that stops beside another of its resource does not end the pool") {
  GaugeSeries gauge;
  gauge.set(point_at(1, 60), 10);
  gauge.set(point_at(2, 70), 10);
  gauge.set(point_at(1, 120), 0);
  CHECK_FALSE(gauge.fell_to_zero(arrival(0)));
  CHECK(gauge.value(arrival(0)) == 10);
}
