#include "sources/push/counter_series.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;

namespace {

constexpr auto cumulative = Temporality::cumulative;
constexpr auto delta = Temporality::delta;
constexpr auto is_used = std::optional<RejectReason>();

}  // namespace

TEST_CASE("a cumulative counter continues from its last value, and its first one counts whole") {
  CounterSeries series;
  CHECK(series.total() == std::nullopt);
  CHECK(series.add(point_at(0, 60), cumulative, 5) == is_used);
  CHECK(series.total() == 5);
  CHECK(series.add(point_at(0, 120), cumulative, 7) == is_used);
  CHECK(series.total() == 7);
}

TEST_CASE("a cumulative counter that restarts counts behind what was counted") {
  CounterSeries series;
  series.add(point_at(0, 60), cumulative, 5);
  CHECK(series.add(point_at(70, 80), cumulative, 2) == is_used);
  CHECK(series.total() == 7);
}

TEST_CASE("a cumulative counter that falls under the same start was reset") {
  CounterSeries series;
  series.add(point_at(0, 60), cumulative, 5);
  CHECK(series.add(point_at(0, 120), cumulative, 2) == is_used);
  CHECK(series.total() == 7);
  series.add(point_at(0, 180), cumulative, 3);
  CHECK(series.total() == 8);
}

TEST_CASE("a retry and a point that comes late do not count, whatever the temporality") {
  for (const Temporality temporality : {cumulative, delta}) {
    CounterSeries series;
    series.add(point_at(0, 60), temporality, 5);
    CHECK(series.add(point_at(0, 60), temporality, 5) == RejectReason::stale);
    CHECK(series.add(point_at(0, 50), temporality, 4) == RejectReason::stale);
    CHECK(series.total() == 5);
  }
}

TEST_CASE("two processes of one resource add up in cumulative temporality") {
  CounterSeries series;
  for (int minute = 1; minute <= 5; ++minute) {
    CHECK(series.add(point_at(1, 60 * minute), cumulative, 10 * minute) == is_used);
    CHECK(series.add(point_at(2, 60 * minute + 30), cumulative, 1000 * minute) == is_used);
    CHECK(series.total() == 1010 * minute);
  }
}

TEST_CASE("two processes of one resource add up in delta temporality") {
  CounterSeries series;
  for (int minute = 0; minute < 5; ++minute) {
    CHECK(series.add(point_at(60 * minute + 1, 60 * minute + 61), delta, 10) == is_used);
    CHECK(series.add(point_at(60 * minute + 31, 60 * minute + 91), delta, 1000) == is_used);
    CHECK(series.total() == 1010 * (minute + 1));
  }
}

TEST_CASE("a retry of either of two processes that send deltas is stale, also after their next points") {
  CounterSeries series;
  series.add(point_at(1, 61), delta, 10);
  series.add(point_at(31, 91), delta, 1000);
  CHECK(series.add(point_at(1, 61), delta, 10) == RejectReason::stale);
  series.add(point_at(61, 121), delta, 10);
  CHECK(series.add(point_at(1, 61), delta, 10) == RejectReason::stale);
  CHECK(series.add(point_at(61, 121), delta, 10) == RejectReason::stale);
  CHECK(series.add(point_at(91, 151), delta, 1000) == is_used);
  CHECK(series.add(point_at(31, 91), delta, 1000) == RejectReason::stale);
  CHECK(series.total() == 2020);
}

TEST_CASE("deltas go on after one was lost") {
  CounterSeries series;
  series.add(point_at(1, 61), delta, 10);
  CHECK(series.add(point_at(121, 181), delta, 10) == is_used);
  CHECK(series.add(point_at(181, 241), delta, 10) == is_used);
  CHECK(series.total() == 30);
}

TEST_CASE("deltas whose start never moves, as PgDog's, add up") {
  for (const int start : {0, 5}) {
    CounterSeries series;
    CHECK(series.add(point_at(start, 60), delta, 3) == is_used);
    CHECK(series.add(point_at(start, 70), delta, 4) == is_used);
    CHECK(series.add(point_at(start, 70), delta, 4) == RejectReason::stale);
    CHECK(series.total() == 7);
  }
}

TEST_CASE("a value that no counter can have is malformed and changes nothing") {
  CounterSeries series;
  series.add(point_at(0, 60), cumulative, 5);
  for (const double value : {-1.0, std::numeric_limits<double>::quiet_NaN(), HUGE_VAL})
    CHECK(series.add(point_at(0, 120), cumulative, value) == RejectReason::malformed);
  CHECK(series.total() == 5);
  CHECK(series.add(point_at(0, 120), cumulative, 6) == is_used);
}

TEST_CASE("a crash loop takes bounded memory and loses nothing") {
  CounterSeries series;
  constexpr int restarts = 500;
  for (int i = 1; i <= restarts; ++i)
    CHECK(series.add(point_at(60 * i, 60 * i + 1), cumulative, 1) == is_used);
  CHECK(series.total() == restarts);
  CHECK(series.bytes() < 8000);
}

TEST_CASE("more processes of one resource than streams are refused while the others send") {
  CounterSeries series;
  constexpr int processes = Streams::most + 1;
  for (int minute = 1; minute <= 3; ++minute) {
    for (int i = 1; i < processes; ++i)
      CHECK(series.add(point_at(i, 100 * minute), cumulative, minute) == is_used);
    CHECK(series.add(point_at(processes, 100 * minute), cumulative, minute) == RejectReason::limit);
  }
  CHECK(series.total() == 3 * Streams::most);
}

TEST_CASE("without room a new process is refused and a known one goes on") {
  CounterSeries series;
  series.add(point_at(1, 60), cumulative, 5);
  PointTime full = point_at(2, 70);
  full.has_room = false;
  CHECK(series.add(full, cumulative, 1) == RejectReason::limit);
  full = point_at(1, 120);
  full.has_room = false;
  CHECK(series.add(full, cumulative, 6) == is_used);
}

TEST_CASE("the step is that of the point's own stream") {
  CounterSeries series;
  series.add(point_at(1, 60), cumulative, 1);
  CHECK(series.step() == 0);
  series.add(point_at(2, 70), cumulative, 1);
  series.add(point_at(1, 120), cumulative, 1);
  CHECK(series.step() == 60'000'000'000);
}
