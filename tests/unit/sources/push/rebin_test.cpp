#include "sources/push/rebin.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

namespace {

using Counts = Histogram::Counts;

std::shared_ptr<const Histogram> histogram_with(std::vector<double> bounds, Counts counts, double sum = 1) {
  return std::make_shared<const Histogram>(std::make_shared<const std::vector<double>>(std::move(bounds)),
                                           std::move(counts), sum);
}

}  // namespace

TEST_CASE("buckets go where their upper bounds lie, so durations never appear shorter") {
  CHECK(rebinned(Counts{1, 2, 4, 8}, {1, 2, 3}, {2, 5}) == Counts{3, 4, 8});
  CHECK(rebinned(Counts{1, 2}, {1}, {}) == Counts{3});
  CHECK(rebinned(Counts{3}, {}, {1, 2}) == Counts{0, 0, 3});
}

TEST_CASE("a histogram that has not fallen stays itself") {
  const auto now = histogram_with({1, 2}, {1, 2, 3}, 5);
  CHECK(risen(now, *histogram_with({1, 2}, {1, 1, 3}, 4)) == now);
}

TEST_CASE("a histogram that has fallen at a bound stays there, and its count is not more for it") {
  const auto moved = risen(histogram_with({1, 2}, {0, 3, 1}, 5), *histogram_with({1, 2}, {3, 0, 0}, 7));
  CHECK(counts_of(*moved) == Counts{3, 0, 1});
  CHECK(moved->sum_seconds() == 7);
}

TEST_CASE("a histogram does not fall at the bounds that it has in common with the one before") {
  const auto now = risen(histogram_with({1, 3}, {1, 0, 0}), *histogram_with({1, 2}, {2, 2, 1}));
  CHECK(counts_of(*now) == Counts{2, 2, 1});
}

TEST_CASE("what was shown at a bound is known after other bounds were shown in between") {
  const auto first = histogram_with({1, 2}, {5, 1, 1});
  const auto between = risen(histogram_with({2}, {6, 1}), *first);
  const auto known = joined(between, *first);
  CHECK(known->bounds() == std::vector<double>{1, 2});
  CHECK(counts_of(*risen(histogram_with({1, 2}, {0, 6, 2}), *known)) == Counts{5, 1, 2});
  CHECK(joined(first, *first) == first);
}

TEST_CASE("the newest exemplar stays") {
  Histogram::Exemplars exemplars;
  const std::vector<double> bounds{1, 2};
  const auto time = [](int s) { return std::chrono::system_clock::time_point(std::chrono::seconds(s)); };
  keep_newest(exemplars, bounds, {1.5, time(5), {}});
  keep_newest(exemplars, bounds, {1.7, time(4), {}});
  REQUIRE(exemplars.size() == 3);
  CHECK(exemplars[1]->value == 1.5);
  CHECK_FALSE(exemplars[0]);
}
