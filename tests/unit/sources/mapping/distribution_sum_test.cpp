#include "sources/mapping/distribution_sum.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using namespace dbpool;

namespace {

Distribution histogram(std::vector<double> bounds, Histogram::Counts counts, double sum) {
  Distribution made;
  made.histogram = std::make_shared<const Histogram>(
      std::make_shared<const std::vector<double>>(std::move(bounds)), std::move(counts), sum);
  made.count = made.histogram->count();
  made.sum = sum;
  return made;
}

}  // namespace

TEST_CASE("two histograms with the same bounds add up") {
  const Distribution sum = sum_of(histogram({0.01, 1}, {1, 2, 0}, 0.5), histogram({0.01, 1}, {4, 0, 1}, 2));
  REQUIRE(sum.problem.empty());
  REQUIRE(sum.histogram);
  CHECK(sum.histogram->count_in(0) == 5);
  CHECK(sum.histogram->count_in(1) == 2);
  CHECK(sum.histogram->count_in(2) == 1);
  CHECK(sum.histogram->sum_seconds() == 2.5);
  CHECK(sum.count == 8);
  CHECK(sum.sum == 2.5);
}

TEST_CASE("counts and sums add up without buckets, and one that is absent is not known") {
  Distribution with_sum, without_sum;
  with_sum.count = 2;
  with_sum.sum = 0.5;
  without_sum.count = 3;
  const Distribution sum = sum_of(with_sum, without_sum);
  CHECK(sum.problem.empty());
  CHECK(sum.count == 5);
  CHECK_FALSE(sum.sum);
}

TEST_CASE("distributions that do not fit each other have a problem and no figures") {
  const auto fine = histogram({0.01}, {1, 0}, 0.5);
  Distribution refused, plain;
  refused.problem = "line 3: a second _sum";
  plain.count = 1;
  for (const Distribution& other : {histogram({0.02}, {1, 0}, 0.5), refused, plain}) {
    CHECK_FALSE(sum_of(fine, other).problem.empty());
    CHECK_FALSE(sum_of(other, fine).problem.empty());
    CHECK_FALSE(sum_of(fine, other).count);
    CHECK_FALSE(sum_of(fine, other).histogram);
  }
  CHECK(sum_of(fine, refused).problem == refused.problem);
}

TEST_CASE("of the exemplars of a bucket the sum has the newer one") {
  const auto with = [](std::optional<double> value, int seconds) {
    Distribution made;
    Histogram::Exemplars exemplars(2);
    const std::chrono::system_clock::time_point time{std::chrono::seconds(seconds)};
    if (value) exemplars[0] = Exemplar{*value, time, {{"trace_id", "ab"}}};
    made.histogram =
        std::make_shared<const Histogram>(std::make_shared<const std::vector<double>>(std::vector{1.0}),
                                          Histogram::Counts{1, 0}, 0.5, std::move(exemplars));
    return made;
  };
  const auto value_in_sum = [](const Distribution& a, const Distribution& b) {
    const Distribution sum = sum_of(a, b);
    const Exemplar* const kept = sum.histogram->exemplar_in(0);
    return kept == nullptr ? 0 : kept->value;
  };
  CHECK(value_in_sum(with(0.1, 1), with(0.2, 2)) == 0.2);
  CHECK(value_in_sum(with(0.1, 2), with(0.2, 1)) == 0.1);
  CHECK(value_in_sum(with(0.1, 1), with({}, 2)) == 0.1);
  CHECK(value_in_sum(with({}, 1), with(0.2, 1)) == 0.2);
  CHECK(value_in_sum(with({}, 1), with({}, 2)) == 0);
}
