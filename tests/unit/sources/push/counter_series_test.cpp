#include "sources/push/counter_series.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

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

TEST_CASE("a reset is counted behind what was counted, also when the counter is long back where it was") {
  CounterSeries series;
  double value = 0;
  for (const double counted : {5.0, 2.0, 4.0, 6.0}) {
    value += 1;
    series.add(point_at(0, static_cast<std::int64_t>(3600 * value)), cumulative, counted);
  }
  CHECK(series.total() == 11);
  CHECK_FALSE(series.has_shared_start());
}

TEST_CASE("processes that share a start, or have none, add up, and are found out") {
  for (const std::vector<double>& first : {std::vector{100.0, 5.0}, {5.0, 100.0}, {100.0, 50.0, 5.0}}) {
    CounterSeries series;
    for (int minute = 1; minute <= 20; ++minute) {
      double truth = 0;
      for (std::size_t i = 0; i < first.size(); ++i) {
        const double value = first[i] + minute;
        truth += value;
        CHECK(series.add(point_at(0, 60 * minute + static_cast<std::int64_t>(i)), cumulative, value) ==
              is_used);
      }
      CAPTURE(minute);
      if (minute > 1) CHECK(series.total() == truth);
    }
    CHECK(series.has_shared_start());
  }
}

TEST_CASE("processes that share a start never count more than they have, whatever their order") {
  std::mt19937 random(1);
  const auto below = [&](int end) { return std::uniform_int_distribution(0, end - 1)(random); };
  for (int run = 0; run < 100; ++run) {
    CounterSeries series;
    std::vector<double> values(2 + static_cast<std::size_t>(below(4)));
    double shown = 0;
    for (int second = 1; second < 300; ++second) {
      values[static_cast<std::size_t>(below(static_cast<int>(values.size())))] += below(1 + second % 40);
      const double value = values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
      series.add(point_at(0, second), cumulative, value);
      REQUIRE(*series.total() <= std::accumulate(values.begin(), values.end(), 0.0));
      REQUIRE(*series.total() >= shown);
      shown = *series.total();
    }
  }
}

TEST_CASE("a retry of one of two processes that share a start is stale") {
  CounterSeries series;
  series.add(point_at(0, 60), cumulative, 100);
  series.add(point_at(0, 61), cumulative, 5);
  CHECK(series.add(point_at(0, 60), cumulative, 100) == RejectReason::stale);
  CHECK(series.add(point_at(0, 61), cumulative, 5) == RejectReason::stale);
  CHECK(series.add(point_at(0, 59), cumulative, 3) == RejectReason::stale);
  CHECK(series.total() == 105);
}

TEST_CASE("of a sender that was counted before, only what is newer counts") {
  CounterSeries old, unknown_start, fresh, deltas;
  const auto returned = [](std::int64_t start, std::int64_t time) {
    PointTime at = point_at(start, time);
    at.counted_until = point_at(0, 100).time;
    return at;
  };
  CHECK(old.add(returned(10, 100), cumulative, 50) == RejectReason::stale);
  old.add(returned(10, 200), cumulative, 50);
  CHECK(old.total() == 0);
  old.add(returned(10, 260), cumulative, 53);
  CHECK(old.total() == 3);
  unknown_start.add(returned(0, 200), cumulative, 50);
  CHECK(unknown_start.total() == 0);
  fresh.add(returned(150, 200), cumulative, 7);
  CHECK(fresh.total() == 7);
  deltas.add(returned(100, 200), delta, 7);
  CHECK(deltas.total() == 7);
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
