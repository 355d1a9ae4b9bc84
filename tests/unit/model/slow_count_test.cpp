#include "model/slow_count.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// Returns a histogram with one observation in the first bucket, two in the second, three in the third, and
/// so on to +Inf.
Histogram counted(std::vector<double> bounds) {
  Histogram::Counts counts;
  for (std::size_t i = 0; i <= bounds.size(); ++i) counts.push_back(i + 1);
  return {std::make_shared<const std::vector<double>>(std::move(bounds)), std::move(counts), 1.0};
}

}  // namespace

TEST_CASE("a bound at the objective counts exactly what took longer") {
  const auto slow = slower_than(counted({0.001, 0.01, 0.1}), 10ms);
  REQUIRE(slow);
  CHECK(slow->count == 3 + 4);
  CHECK(slow->objective == 0.01);
}

TEST_CASE("without a bound at the objective the next lower one counts, down to half of it") {
  const Histogram durations = counted({0.005, 0.025});
  for (const auto objective : {5ms, 9ms, 10ms}) {
    CAPTURE(objective.count());
    const auto slow = slower_than(durations, objective);
    REQUIRE(slow);
    CHECK(slow->count == 2 + 3);
    CHECK(slow->objective == 0.005);
  }
  CHECK(slower_than(durations, 25ms)->objective == 0.025);
  CHECK(slower_than(durations, 50ms)->objective == 0.025);
}

TEST_CASE("of several bounds that fit the largest counts") {
  const auto slow = slower_than(counted({0.005, 0.006, 0.009, 0.011}), 10ms);
  REQUIRE(slow);
  CHECK(slow->objective == 0.009);
  CHECK(slow->count == 4 + 5);
}

TEST_CASE("where no bound lies between half the objective and the objective there is no count") {
  CHECK_FALSE(slower_than(counted({0.0049, 0.0101}), 10ms));
  CHECK_FALSE(slower_than(counted({0.1, 1}), 10ms));
  CHECK_FALSE(slower_than(counted({0.0001, 0.001}), 10ms));
  CHECK_FALSE(slower_than(counted({}), 10ms));
}

TEST_CASE("no objective counts nothing, whatever the bounds") {
  CHECK_FALSE(slower_than(counted({0, 0.01}), 0ms));
  CHECK_FALSE(slower_than(counted({-1, 0}), -10ms));
}

TEST_CASE("a bound that a conversion of units has moved by a rounding error is still at the objective") {
  const auto slow = slower_than(counted({0.005, 0.010000000000000002}), 10ms);
  REQUIRE(slow);
  CHECK(slow->objective == 0.010000000000000002);
  CHECK(slower_than(counted({0.004999999999999999}), 10ms));
}

TEST_CASE("a histogram without observations has no slow ones, and enormous bounds do no harm") {
  const Histogram empty(std::make_shared<const std::vector<double>>(std::vector{0.01, 1e300}), {0, 0, 0}, 0);
  const auto slow = slower_than(empty, 10ms);
  REQUIRE(slow);
  CHECK(slow->count == 0);
}
