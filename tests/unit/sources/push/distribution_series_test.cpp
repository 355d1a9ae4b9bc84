#include "sources/push/distribution_series.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "dbpool/model/histogram_recorder.hpp"
#include "sources/push/rebin.hpp"
#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

constexpr auto good = std::optional<RejectReason>();

/// A point of a histogram in milliseconds.
struct Observed {
  std::vector<double> bounds;
  Histogram::Counts counts;
  std::optional<double> sum = 1;

  PushedPoint point() const {
    PushedPoint made;
    made.bounds = bounds;
    made.counts = counts;
    for (const std::uint64_t count : counts) made.count += count;
    made.sum = sum;
    return made;
  }
};

constexpr PushedMetric histogram_of(Temporality temporality = Temporality::cumulative) {
  return {
      .name = "wait", .unit = "ms", .scope = {}, .kind = PointKind::histogram, .temporality = temporality};
}

DistributionSeries series_in(TimeUnit unit) {
  return DistributionSeries(unit, std::make_shared<const std::vector<double>>(std::vector{0.01, 0.1}));
}

const std::vector<double> ms{1, 10, 100};

Histogram::Counts shown(const DistributionSeries& series) {
  const auto histogram = series.total().histogram;
  REQUIRE(histogram);
  return counts_of(*histogram);
}

}  // namespace

TEST_CASE("a histogram keeps its own bounds, in seconds as short as they are") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  CHECK(series.add(point_at(1, 60), histogram_of(), Observed{ms, {1, 2, 3, 4}, 1234}.point()) == good);
  const Distribution total = series.total();
  CHECK(total.histogram->bounds() == std::vector{0.001, 0.01, 0.1});
  CHECK(counts_of(*total.histogram) == Histogram::Counts{1, 2, 3, 4});
  CHECK(total.count == 10U);
  CHECK(total.sum == 1.234);
  CHECK(series.sum() == 1234);
}

TEST_CASE("cumulative histograms continue, restart and are reset as counters") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  const auto add = [&](int start, int time, Histogram::Counts counts, double sum) {
    return series.add(point_at(start, time), histogram_of(), Observed{ms, std::move(counts), sum}.point());
  };
  add(1, 60, {1, 0, 0, 0}, 1);
  add(1, 120, {1, 2, 0, 0}, 11);
  CHECK(shown(series) == Histogram::Counts{1, 2, 0, 0});
  add(130, 180, {0, 1, 0, 0}, 5);
  CHECK(shown(series) == Histogram::Counts{1, 3, 0, 0});
  CHECK(series.sum() == 16);
  add(130, 240, {1, 0, 0, 0}, 2);
  CHECK(shown(series) == Histogram::Counts{2, 3, 0, 0});
  CHECK(series.sum() == 18);
  CHECK(add(130, 240, {1, 0, 0, 0}, 2) == RejectReason::stale);
  CHECK(add(1, 300, {1, 2, 1, 0}, 61) == good);
  CHECK(shown(series) == Histogram::Counts{2, 3, 1, 0});
  CHECK(series.sum() == 68);
}

TEST_CASE("histograms of processes that share a start add up, and are found out") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  for (std::uint64_t minute = 1; minute <= 5; ++minute) {
    const auto at = static_cast<std::int64_t>(60 * minute);
    CHECK(series.add(point_at(1, at), histogram_of(), Observed{{10}, {100 + minute, 3}, 50}.point()) == good);
    CHECK(series.add(point_at(1, at + 1), histogram_of(), Observed{{10}, {2, minute}, 7}.point()) == good);
    CHECK(shown(series) == Histogram::Counts{102 + minute, 3 + minute});
    CHECK(series.sum() == 57);
  }
  CHECK(series.has_shared_start());
}

TEST_CASE("of a histogram that was counted before, only what is newer counts") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  PointTime at = point_at(1, 120);
  at.counted_until = point_at(0, 60).time;
  CHECK(series.add(at, histogram_of(), Observed{{10}, {5, 5}, 50}.point()) == good);
  CHECK(shown(series) == Histogram::Counts{0, 0});
  at.time = point_at(0, 180).time;
  CHECK(series.add(at, histogram_of(), Observed{{10}, {6, 5}, 52}.point()) == good);
  CHECK(shown(series) == Histogram::Counts{1, 0});
  CHECK(series.sum() == 2);
}

TEST_CASE("histograms in delta temporality add up") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  const auto metric = histogram_of(Temporality::delta);
  series.add(point_at(1, 60), metric, Observed{ms, {1, 0, 0, 0}, 1}.point());
  series.add(point_at(60, 120), metric, Observed{ms, {0, 2, 0, 0}, 10}.point());
  CHECK(series.add(point_at(60, 120), metric, Observed{ms, {0, 2, 0, 0}, 10}.point()) == RejectReason::stale);
  CHECK(shown(series) == Histogram::Counts{1, 2, 0, 0});
  CHECK(series.sum() == 11);
}

TEST_CASE("a histogram that contradicts itself is malformed, and unknown until the next good one") {
  const std::vector<Observed> bad{
      {ms, {1, 2, 3}},        {{1, 1}, {1, 2, 3}},          {{2, 1}, {1, 2, 3}}, {{1, HUGE_VAL}, {1, 2, 3}},
      {ms, {1, 0, 0, 0}, -1}, {ms, {1, 0, 0, 0}, HUGE_VAL}, {{1}, {}},
  };
  for (const Observed& observed : bad) {
    DistributionSeries series = series_in(TimeUnit::milliseconds);
    series.add(point_at(1, 60), histogram_of(), Observed{ms, {1, 2, 3, 4}}.point());
    CHECK(series.add(point_at(1, 120), histogram_of(), observed.point()) == RejectReason::malformed);
    CHECK_FALSE(series.total().problem.empty());
    CHECK_FALSE(series.total().histogram);
    CHECK_FALSE(series.total().count);
    CHECK(series.add(point_at(1, 120), histogram_of(), Observed{ms, {2, 2, 3, 4}}.point()) == good);
    CHECK(shown(series) == Histogram::Counts{2, 2, 3, 4});
  }
  const Observed observed{ms, {1, 2, 3, 4}};
  PushedPoint miscounted = observed.point();
  ++miscounted.count;
  CHECK(series_in(TimeUnit::seconds).add(point_at(1, 60), histogram_of(), miscounted) ==
        RejectReason::malformed);
}

TEST_CASE("a histogram without a sum is unknown") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  CHECK(series.add(point_at(1, 60), histogram_of(), Observed{ms, {1, 2, 3, 4}, std::nullopt}.point()) ==
        RejectReason::contradiction);
  CHECK(series.total().problem == "it has no sum");
}

TEST_CASE("other bounds under the same start are a contradiction and add nothing") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  series.add(point_at(1, 60), histogram_of(), Observed{ms, {1, 2, 3, 4}, 50}.point());
  const std::vector<double> others{5, 50};
  CHECK(series.add(point_at(1, 120), histogram_of(), Observed{others, {9, 9, 9}, 70}.point()) ==
        RejectReason::contradiction);
  CHECK(shown(series) == Histogram::Counts{1, 2, 3, 4});
  CHECK(series.sum() == 50);
  CHECK(series.add(point_at(1, 180), histogram_of(), Observed{others, {9, 10, 9}, 80}.point()) == good);
  CHECK(shown(series) == Histogram::Counts{1, 2, 4, 4});
  CHECK(series.sum() == 60);
}

TEST_CASE("a process that restarts with other bounds changes the bounds and keeps what was counted") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  series.add(point_at(1, 60), histogram_of(), Observed{ms, {1, 2, 3, 4}}.point());
  series.add(point_at(70, 80), histogram_of(), Observed{{5, 50}, {1, 0, 0}}.point());
  CHECK(series.total().histogram->bounds() == std::vector{0.005, 0.05});
  CHECK(shown(series) == Histogram::Counts{2, 2, 7});
}

TEST_CASE("bounds that are one number in seconds are malformed") {
  DistributionSeries series = series_in(TimeUnit::nanoseconds);
  const double least = std::numeric_limits<double>::denorm_min();
  CHECK(series.add(point_at(1, 60), histogram_of(), Observed{{least, 2 * least}, {1, 0, 0}}.point()) ==
        RejectReason::malformed);
}

TEST_CASE("without bounds there are a count and a sum, and no histogram") {
  const PushedMetric summary{
      .name = "wait", .unit = "ms", .scope = {}, .kind = PointKind::summary, .temporality = {}};
  PushedPoint point;
  point.count = 7;
  point.sum = 70;
  for (const PushedMetric& metric : {histogram_of(), summary}) {
    DistributionSeries series = series_in(TimeUnit::milliseconds);
    CHECK(series.add(point_at(1, 60), metric, point) == good);
    CHECK_FALSE(series.total().histogram);
    CHECK(series.total().count == 7U);
    CHECK(series.total().sum == 0.07);
  }
}

TEST_CASE("exponential histograms go to the given bounds and never fall when their scale changes") {
  const PushedMetric metric{.name = "wait",
                            .unit = "s",
                            .scope = {},
                            .kind = PointKind::exponential,
                            .temporality = Temporality::cumulative};
  DistributionSeries series = series_in(TimeUnit::seconds);
  const auto add = [&](int time, std::int32_t scale, std::int32_t offset, Histogram::Counts counts) {
    PushedPoint point;
    point.exponential = {scale, offset, counts, 0, 0};
    for (const std::uint64_t count : counts) point.count += count;
    point.sum = 1;
    return series.add(point_at(1, time), metric, point);
  };
  CHECK(add(60, 6, -427, {3}) == good);  // up to 9.92 ms
  CHECK(shown(series) == Histogram::Counts{3, 0, 0});
  CHECK(add(120, 3, -54, {4}) == good);  // up to 10.1 ms
  CHECK(shown(series) == Histogram::Counts{3, 1, 0});
  CHECK(add(180, 3, -54, {1}) == good);  // reset
  CHECK(shown(series) == Histogram::Counts{3, 2, 0});
  CHECK(add(240, 21, -54, {1}) == RejectReason::malformed);
  CHECK(add(240, -11, -54, {1}) == RejectReason::malformed);
}

TEST_CASE("a bucket keeps the newest exemplar of the durations in it that names a trace") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  using namespace std::string_view_literals;
  const std::vector<PushedExemplar> exemplars{
      {.value = 5, .time = 2'000'000'000, .trace_id = "\x01\xAB"sv, .span_id = "\xFF"sv},
      {.value = 7, .time = 1'000'000'000, .trace_id = "\x03"sv, .span_id = {}},
      {.value = 8, .time = 3'000'000'000, .trace_id = {}, .span_id = "\xFF"sv},
      {.value = 200, .time = 3'000'000'000, .trace_id = "\x02"sv, .span_id = {}},
      {.value = NAN, .time = 3'000'000'000, .trace_id = "\x04"sv, .span_id = {}},
      {.value = 0.5, .time = 0, .trace_id = "\x05"sv, .span_id = {}}};
  const Observed observed{ms, {1, 2, 3, 4}};
  PushedPoint point = observed.point();
  point.exemplars = exemplars;
  series.add(point_at(1, 60), histogram_of(), point);
  const auto histogram = series.total().histogram;
  CHECK(histogram->exemplar_in(0) == nullptr);
  REQUIRE(histogram->exemplar_in(1) != nullptr);
  CHECK(histogram->exemplar_in(1)->value == 0.005);
  CHECK(histogram->exemplar_in(1)->labels ==
        std::vector<std::pair<std::string, std::string>>{{"trace_id", "01ab"}, {"span_id", "ff"}});
  REQUIRE(histogram->exemplar_in(3) != nullptr);
  CHECK(histogram->exemplar_in(3)->value == 0.2);
  CHECK(histogram->exemplar_in(3)->labels ==
        std::vector<std::pair<std::string, std::string>>{{"trace_id", "02"}});
}

TEST_CASE("without room an exponential histogram does not get more buckets, and deltas need none") {
  PushedMetric metric{.name = "wait",
                      .unit = "s",
                      .scope = {},
                      .kind = PointKind::exponential,
                      .temporality = Temporality::cumulative};
  for (const Temporality temporality : {Temporality::cumulative, Temporality::delta}) {
    metric.temporality = temporality;
    DistributionSeries series = series_in(TimeUnit::seconds);
    const auto add = [&](int time, Histogram::Counts counts) {
      PushedPoint point;
      point.exponential = {0, 0, counts, 0, 0};
      point.count = counts.size();
      point.sum = 1;
      PointTime full = point_at(1, time);
      full.has_room = time == 60;
      return series.add(full, metric, point);
    };
    CHECK(add(60, {1, 1}) == good);
    const bool is_delta = temporality == Temporality::delta;
    CHECK(add(120, {1, 1, 1}) == (is_delta ? good : RejectReason::limit));
    CHECK(add(120, {1, 1}) == (is_delta ? RejectReason::stale : good));
  }
}

TEST_CASE("a cumulative point after a delta with the same start is of another stream") {
  DistributionSeries series = series_in(TimeUnit::milliseconds);
  const Observed delta{ms, {1, 0, 0, 0}}, cumulative{ms, {2, 1, 0, 0}}, more{ms, {2, 3, 0, 0}};
  CHECK(series.add(point_at(1, 2), histogram_of(Temporality::delta), delta.point()) == good);
  CHECK(series.add(point_at(1, 3), histogram_of(), cumulative.point()) == good);
  CHECK(shown(series) == Histogram::Counts{3, 1, 0, 0});
  CHECK(series.add(point_at(1, 4), histogram_of(Temporality::delta), delta.point()) == good);
  CHECK(series.add(point_at(1, 4), histogram_of(), more.point()) == good);
  CHECK(shown(series) == Histogram::Counts{4, 3, 0, 0});
}
