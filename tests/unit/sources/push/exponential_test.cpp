#include "sources/push/exponential.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dbpool/model/histogram_recorder.hpp"

using namespace dbpool;

namespace {

using Counts = Histogram::Counts;

constexpr auto in_s = TimeUnit::seconds;
const std::vector<double> few_bounds{0.01, 0.1, 1};

/// Returns the index of the bucket that contains a value.
std::int32_t index_with(double value, std::int32_t scale) {
  return static_cast<std::int32_t>(std::ceil(std::log2(value) * std::exp2(scale))) - 1;
}

/// Returns the state after some observations.
ExponentialState observed(std::int32_t scale, const std::vector<double>& values) {
  ExponentialState state;
  state.scale = scale;
  if (values.empty()) return state;
  state.offset = index_with(std::ranges::min(values), scale);
  for (const double value : values) {
    const auto at = static_cast<std::size_t>(index_with(value, scale) - state.offset);
    if (state.counts.size() <= at) state.counts.resize(at + 1);
    ++state.counts[at];
  }
  return state;
}

}  // namespace

TEST_CASE("exponential buckets are counted by their upper bounds") {
  CHECK(counted(observed(0, {0.5, 1.0, 1.5}), nullptr, in_s, few_bounds) == Counts{0, 0, 2, 1});
  CHECK(counted(observed(0, {1.0}), nullptr, TimeUnit::milliseconds, {0.001}) == Counts{1, 0});
  CHECK(counted(observed(5, {0.008, 0.05, 70}), nullptr, in_s, few_bounds) == Counts{1, 1, 0, 1});
}

TEST_CASE("waits that were counted at 10 ms stay there when the scale falls from 6 to 3") {
  const std::vector<double>& bounds = acquisition_buckets()->seconds();
  const std::vector<double> waits{0.0097, 0.0098, 0.0099};
  const ExponentialState fine = observed(6, waits);
  const auto first = counted(fine, nullptr, in_s, bounds);
  REQUIRE(first);
  CHECK(first->at(8) == 3);  // le="0.01"

  std::vector<double> more = waits;
  more.insert(more.end(), {0.0098, 20});
  const auto then = counted(observed(3, more), &fine, in_s, bounds);
  REQUIRE(then);
  CHECK(then->at(8) == 0);
  CHECK(then->at(9) == 1);  // le="0.025", because its bucket ends above 10 ms at that scale
  CHECK(then->at(18) == 1);
}

TEST_CASE("a scale that rises after a reset to few observations is understood as well") {
  const ExponentialState coarse = observed(2, {0.02, 0.3});
  CHECK(counted(observed(6, {0.02, 0.3, 0.31}), &coarse, in_s, few_bounds) == Counts{0, 0, 1, 0});
}

TEST_CASE("an exponential histogram that counts less than before has no difference") {
  const ExponentialState before = observed(3, {0.02, 0.02, 0.3});
  CHECK_FALSE(counted(observed(3, {0.02, 0.3}), &before, in_s, few_bounds));
  CHECK_FALSE(counted(observed(3, {0.3}), &before, in_s, few_bounds));
  CHECK_FALSE(counted(observed(3, {5}), &before, in_s, few_bounds));
  ExponentialState zeros;
  zeros.zero_count = 2;
  CHECK_FALSE(counted(observed(3, {5}), &zeros, in_s, few_bounds));
}

TEST_CASE("the bucket of zero is counted by its threshold") {
  ExponentialState state;
  state.zero_count = 4;
  CHECK(counted(state, nullptr, in_s, few_bounds) == Counts{4, 0, 0, 0});
  state.zero_threshold = 0.02;
  CHECK(counted(state, nullptr, in_s, few_bounds) == Counts{0, 4, 0, 0});
}

TEST_CASE("buckets at the ends of what a number can have are counted") {
  ExponentialState highest{-10, 0, {1, 1}, 0, 0};
  highest.offset = std::numeric_limits<std::int32_t>::max();
  CHECK(counted(highest, nullptr, in_s, few_bounds) == Counts{0, 0, 0, 2});
  ExponentialState lowest{20, 0, {1, 1}, 0, 0};
  lowest.offset = std::numeric_limits<std::int32_t>::min();
  CHECK(counted(lowest, nullptr, in_s, few_bounds) == Counts{2, 0, 0, 0});
  CHECK(counted(lowest, &highest, in_s, few_bounds) == std::nullopt);
}
