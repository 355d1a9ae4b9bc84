#include "dbpool/observe/recent_window.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using dbpool::RecentCount;
using dbpool::RecentPeak;

TEST_CASE("a window counts what lies within it and forgets the rest") {
  RecentCount errors(60s);
  errors.add(100s, 2);
  errors.add(130s, 3);
  CHECK(errors.value(130s) == 5);
  CHECK(errors.value(160s) == 5);
  CHECK(errors.value(162s) == 3);
  CHECK(errors.value(192s) == 0);
}

TEST_CASE("a window keeps the largest value it has seen lately") {
  RecentPeak wait(60s);
  wait.add(10s, 5ms);
  wait.add(20s, 90ms);
  wait.add(30s, 7ms);
  CHECK(wait.value(30s) == 90ms);
  CHECK(wait.value(82s) == 7ms);
  CHECK(wait.value(200s) == 0ms);
}

TEST_CASE("a window that was left alone for long starts with nothing old") {
  RecentCount errors(60s);
  for (int s = 0; s < 61; ++s) errors.add(s * 1s, 1);
  errors.add(10'000s, 1);
  CHECK(errors.value(10'000s) == 1);
}

TEST_CASE("a window that is cleared is empty") {
  RecentCount errors(1h);
  errors.add(10s, 4);
  errors.clear();
  CHECK(errors.value(10s) == 0);
  errors.add(11s, 1);
  CHECK(errors.value(11s) == 1);
}
