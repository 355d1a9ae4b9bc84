#include "sources/prometheus/text_format.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("OpenMetrics is announced by its own type, with any parameters") {
  for (const char* type :
       {"application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8",
        " Application/OpenMetrics-Text ;version=0.0.1"}) {
    CAPTURE(type);
    CHECK(text_format(type) == TextFormat::openmetrics);
  }
}

TEST_CASE("any other type, and none, announces the format 0.0.4") {
  for (const char* type :
       {"", "text/plain; version=0.0.4; charset=utf-8", "text/html", ";", "application/json",
        "application/openmetrics-text2", "text/plain; q=application/openmetrics-text"}) {
    CAPTURE(type);
    CHECK(text_format(type) == TextFormat::prometheus);
  }
}
