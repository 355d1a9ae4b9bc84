#include "sources/mapping/kept_counters.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

namespace {

/// Makes one reading of one counter.
double read(KeptCounters& counters, double observed, double taken_off) {
  const double shown = counters.kept("a", observed - taken_off, observed);
  counters.next_reading();
  return shown;
}

}  // namespace

TEST_CASE("a difference of counters does not fall while its minuend grows") {
  KeptCounters counters;
  CHECK(read(counters, 10, 0) == 10);
  CHECK(read(counters, 10, 1) == 10);  // the timeout was counted before its observation was
  CHECK(read(counters, 11, 1) == 10);
  CHECK(read(counters, 15, 2) == 13);
}

TEST_CASE("a minuend that falls is a new start") {
  KeptCounters counters;
  CHECK(read(counters, 10, 0) == 10);
  CHECK(read(counters, 3, 1) == 2);
  CHECK(read(counters, 4, 1) == 3);
}

TEST_CASE("counters have their own values, and one that is not read is forgotten") {
  KeptCounters counters;
  CHECK(counters.kept("a", 5, 5) == 5);
  CHECK(counters.kept("b", 3, 9) == 3);
  counters.next_reading();
  CHECK(counters.kept("b", 2, 9) == 3);
  counters.next_reading();
  CHECK(counters.kept("a", 4, 5) == 4);
}
