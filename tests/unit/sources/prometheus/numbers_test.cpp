#include "sources/prometheus/numbers.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace dbpool;
using std::chrono::milliseconds;

TEST_CASE("a value is a decimal number, an infinity or NaN") {
  CHECK(sample_value("0") == 0);
  CHECK(sample_value("+1.5") == 1.5);
  CHECK(sample_value("-.5") == -0.5);
  CHECK(sample_value("1.") == 1);
  CHECK(sample_value("1.0E10") == 1e10);
  CHECK(sample_value("4.9e-324") == std::numeric_limits<double>::denorm_min());
  for (const char* text : {"+Inf", "inf", "Infinity", "+infinity"}) CHECK(sample_value(text) == HUGE_VAL);
  for (const char* text : {"-Inf", "-infinity"}) CHECK(sample_value(text) == -HUGE_VAL);
  for (const char* text : {"NaN", "nan", "Nan", "-nan"}) CHECK(std::isnan(sample_value(text).value_or(0)));
}

TEST_CASE("other words are not a value") {
  for (const char* text :
       {"",     "+",     "-",     ".",      "e5",   "1e",   "--1",  "+-1",   "1,5",    "1 ",
        "0x10", "1_000", "12abc", "nan(1)", "nanx", "info", "true", "1e400", "-1e400", "1e-400"}) {
    CAPTURE(text);
    CHECK_FALSE(sample_value(text));
  }
}

TEST_CASE("a time of 0.0.4 is a whole number of milliseconds") {
  CHECK(time_in_milliseconds("1700000000123") == SampleTime(milliseconds(1700000000123)));
  CHECK(time_in_milliseconds("+5") == SampleTime(milliseconds(5)));
  CHECK(time_in_milliseconds("-5") == SampleTime(milliseconds(-5)));
  for (const char* text : {"", "+", "+-5", "1.5", "1e3", "9223372036854775808"}) {
    CAPTURE(text);
    CHECK_FALSE(time_in_milliseconds(text));
  }
}

TEST_CASE("a time of OpenMetrics is a number of seconds") {
  CHECK(time_in_seconds("1700000000.123") == SampleTime(milliseconds(1700000000123)));
  CHECK(time_in_seconds("-0.5") == SampleTime(milliseconds(-500)));
  for (const char* text : {"", "NaN", "+Inf", "-Inf", "1e16", "-1e16"}) {
    CAPTURE(text);
    CHECK_FALSE(time_in_seconds(text));
  }
}
