#include "dbpool/model/histogram.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "dbpool/model/pool_snapshot.hpp"

using namespace dbpool;

namespace {

Histogram::Bounds bounds_of(std::vector<double> seconds) {
  return std::make_shared<const std::vector<double>>(std::move(seconds));
}

}  // namespace

TEST_CASE("a histogram keeps foreign bounds of any number and size, with their counts and sum") {
  std::vector<double> seconds;
  for (int i = -50; i < 200; ++i) seconds.push_back(std::ldexp(1.0, i));
  Histogram::Counts counts(251, 2);
  counts.back() = 5;
  const Histogram histogram(bounds_of(seconds), counts, 12.75);
  CHECK(histogram.bounds() == seconds);
  CHECK(histogram.count() == 505);
  CHECK(histogram.count_in(0) == 2);
  CHECK(histogram.count_in(250) == 5);
  CHECK(histogram.sum_seconds() == 12.75);
}

TEST_CASE("bounds may be negative or 0, and there may be none") {
  CHECK_NOTHROW(Histogram(bounds_of({-1, 0, 1e300}), {1, 2, 3, 4}, -2));
  const Histogram only_infinity(bounds_of({}), {7}, 3);
  CHECK(only_infinity.count() == 7);
  CHECK(std::isnan(only_infinity.quantile(0.5)));
}

TEST_CASE("bounds that are not finite or do not increase are refused") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double second : {1.0, 0.5, infinity, -infinity, std::nan("")}) {
    CAPTURE(second);
    CHECK_THROWS_WITH_AS(Histogram(bounds_of({1, second}), {0, 0, 0}, 0),
                         "the bounds of a histogram are finite and strictly increasing",
                         std::invalid_argument);
  }
}

TEST_CASE("counts and exemplars must be as many as the buckets") {
  const auto bounds = bounds_of({0.1, 1});
  CHECK_THROWS_WITH_AS(Histogram(bounds, {1, 2}, 0), "a histogram of 3 buckets takes as many counts, not 2",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(Histogram(bounds, {1, 2, 3}, 0, Histogram::Exemplars(4)),
                       "a histogram of 3 buckets takes as many exemplars, not 4", std::invalid_argument);
}

TEST_CASE("a quantile is interpolated within its bucket as in Prometheus") {
  const Histogram histogram(bounds_of({0.1, 0.2, 0.4}), {10, 0, 10, 5}, 5);
  CHECK(histogram.quantile(0) == 0);
  CHECK(histogram.quantile(0.2) == doctest::Approx(0.05));
  CHECK(histogram.quantile(0.4) == doctest::Approx(0.1));
  CHECK(histogram.quantile(0.6) == doctest::Approx(0.3));
  CHECK(histogram.quantile(0.99) == 0.4);
  CHECK(std::isnan(Histogram(bounds_of({0.1}), {0, 0}, 0).quantile(0.5)));
}

TEST_CASE("a quantile in a first bucket that ends at or below 0 is its bound") {
  CHECK(Histogram(bounds_of({-1, 1}), {4, 0, 0}, -8).quantile(0.5) == -1);
  CHECK(Histogram(bounds_of({0, 1}), {4, 0, 0}, 0).quantile(0.5) == 0);
}

TEST_CASE("a bucket may have an exemplar, and has none unless one was given") {
  const auto bounds = bounds_of({0.1});
  const Histogram plain(bounds, {1, 1}, 1);
  CHECK(plain.exemplar_in(0) == nullptr);
  CHECK(plain.exemplar_in(1) == nullptr);
  const auto noon = WallTime(std::chrono::seconds(1'800'000'000));
  const Histogram traced(bounds, {1, 1}, 1, {std::nullopt, Exemplar{0.7, noon, {{"trace_id", "4bf9"}}}});
  CHECK(traced.exemplar_in(0) == nullptr);
  REQUIRE(traced.exemplar_in(1) != nullptr);
  CHECK(traced.exemplar_in(1)->value == 0.7);
  CHECK(traced.exemplar_in(1)->time == noon);
  CHECK(traced.exemplar_in(1)->labels.at(0).second == "4bf9");
}

TEST_CASE("a snapshot holds no histogram itself, and its copies share them") {
  static_assert(sizeof(PoolSnapshot) < 2000, "histograms are shared by pointer");
  PoolSnapshot pool;
  pool.usage_duration = std::make_shared<const Histogram>(bounds_of({0.1}), Histogram::Counts{1, 1}, 1);
  const PoolSnapshot copy = pool;  // NOLINT(performance-unnecessary-copy-initialization): what is tested
  CHECK(copy.usage_duration == pool.usage_duration);
}
