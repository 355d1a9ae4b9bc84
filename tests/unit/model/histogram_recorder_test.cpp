#include "dbpool/model/histogram_recorder.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace std::chrono_literals;
using namespace dbpool;

TEST_CASE("a recorder counts each duration in the bucket whose inclusive bound it does not exceed") {
  HistogramRecorder recorder(std::make_shared<const BucketBounds>(std::vector{0.001, 0.5}));
  for (const auto d : {-1ns, 0ns, 1'000'000ns, 1'000'001ns, 500'000'000ns, 500'000'001ns}) recorder.record(d);
  const auto value = recorder.value();
  CHECK(value->bounds() == std::vector{0.001, 0.5});
  CHECK(value->count_in(0) == 3);
  CHECK(value->count_in(1) == 2);
  CHECK(value->count_in(2) == 1);
  CHECK(value->count() == 6);
  CHECK(value->sum_seconds() == doctest::Approx(1.002));
}

TEST_CASE("the sum of endless durations stays at the largest value") {
  HistogramRecorder recorder(duration_buckets());
  for (int i = 0; i < 3; ++i) recorder.record(24h, 50'000);
  const auto value = recorder.value();
  CHECK(value->count() == 150'000);
  CHECK(value->sum_seconds() == doctest::Approx(9'223'372'036.85));
}

TEST_CASE("a value stays as it is while its recorder records on") {
  HistogramRecorder recorder(duration_buckets());
  recorder.record(1s);
  const auto before = recorder.value();
  recorder.record(2s);
  CHECK(before->count() == 1);
  CHECK(before->sum_seconds() == 1);
  CHECK(recorder.value()->count() == 2);
}

TEST_CASE("a copy of a recorder makes the value of its moment, even after the recorder has been destroyed") {
  auto recorder = std::make_unique<HistogramRecorder>(acquisition_buckets());
  recorder->record(20ms);
  const HistogramRecorder copy = *recorder;
  recorder->record(20ms);
  recorder.reset();
  CHECK(copy.value()->count() == 1);
}

TEST_CASE("a value keeps its bounds after the recorder and its bounds have been destroyed") {
  std::shared_ptr<const Histogram> value;
  {
    HistogramRecorder recorder(std::make_shared<const BucketBounds>(std::vector{0.25}));
    recorder.record(100ms);
    value = recorder.value();
  }
  CHECK(value->bounds() == std::vector{0.25});
}

TEST_CASE("a recorder's bounds are positive, increasing, at most 1e9 and at most 63") {
  CHECK_NOTHROW(BucketBounds(std::vector{1e-9, 1e9}));
  CHECK_THROWS_AS(BucketBounds({}), std::invalid_argument);
  CHECK_THROWS_AS(BucketBounds(std::vector<double>(64, 1)), std::invalid_argument);
  for (const auto& seconds : {std::vector{0.0}, {-1.0}, {1.0, 1.0}, {2.0, 1.0}, {2e9}}) {
    CAPTURE(seconds.back());
    CHECK_THROWS_AS(BucketBounds{seconds}, std::invalid_argument);
  }
}
