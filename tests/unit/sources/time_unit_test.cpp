#include "sources/time_unit.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace dbpool;

TEST_CASE("a duration in seconds has the decimals that it has in its unit") {
  CHECK(in_seconds(10, TimeUnit::milliseconds) == 0.01);
  CHECK(in_seconds(0.1, TimeUnit::milliseconds) == 0.0001);
  CHECK(in_seconds(2.5, TimeUnit::milliseconds) == 0.0025);
  CHECK(in_seconds(1.024e6, TimeUnit::nanoseconds) == 0.001024);
  CHECK(in_seconds(300, TimeUnit::microseconds) == 0.0003);
  CHECK(in_seconds(8.388607, TimeUnit::milliseconds) == 0.008388607);
  CHECK(in_seconds(12345.678, TimeUnit::seconds) == 12345.678);
  CHECK(in_seconds(-1.7976931348623157e308, TimeUnit::nanoseconds) == -1.7976931348623157e299);
  CHECK(in_seconds(0, TimeUnit::milliseconds) == 0);
}

TEST_CASE("a unit has a short and a long name") {
  CHECK(time_unit_called("s") == TimeUnit::seconds);
  CHECK(time_unit_called("milliseconds") == TimeUnit::milliseconds);
  CHECK(time_unit_called("us") == TimeUnit::microseconds);
  CHECK(time_unit_called("ns") == TimeUnit::nanoseconds);
  CHECK_FALSE(time_unit_called("1"));
  CHECK_FALSE(time_unit_called(""));
  CHECK_FALSE(time_unit_called("By"));
}

TEST_CASE("infinities and NaN are the same in all units, and what is too small for a double is 0") {
  CHECK(in_seconds(HUGE_VAL, TimeUnit::milliseconds) == HUGE_VAL);
  CHECK(in_seconds(-HUGE_VAL, TimeUnit::milliseconds) == -HUGE_VAL);
  CHECK(std::isnan(in_seconds(std::nan(""), TimeUnit::milliseconds)));
  CHECK(in_seconds(5e-324, TimeUnit::nanoseconds) == 0);
}
