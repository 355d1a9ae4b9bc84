#include "web/accepted_format.hpp"

#include <doctest/doctest.h>

namespace dbpool {
namespace {

bool gets_openmetrics(std::string_view accept) {
  return accepted_format(accept) == MetricsFormat::openmetrics;
}

TEST_CASE("every Prometheus gets OpenMetrics, which it asks for first") {
  CHECK(gets_openmetrics(  // 2.42
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
  CHECK(gets_openmetrics(  // 2.53
      "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
      "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"));
  CHECK(gets_openmetrics(  // 3.14
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
      "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
      "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"));
  CHECK(gets_openmetrics(  // with native histograms
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
      "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
}

TEST_CASE("a client that does not name OpenMetrics gets the text format") {
  for (const std::string_view accept :
       {"", "*/*", "text/plain", "text/plain;version=0.0.4", "text/*", "application/json", "nonsense", ",;=,",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/openmetrics-textual",
        "openmetrics-text", "*/openmetrics-text"}) {
    CAPTURE(accept);
    CHECK_FALSE(gets_openmetrics(accept));
  }
}

TEST_CASE("the weights decide, and where they are equal OpenMetrics if it is named") {
  CHECK(gets_openmetrics("application/openmetrics-text"));
  CHECK(gets_openmetrics("text/plain, application/openmetrics-text"));
  CHECK(gets_openmetrics("text/plain;q=0.5, application/openmetrics-text;q=0.5"));
  CHECK(gets_openmetrics("text/plain;q=0.5, application/openmetrics-text;q=0.501"));
  CHECK_FALSE(gets_openmetrics("text/plain;q=0.5, application/openmetrics-text;q=0.499"));
  CHECK_FALSE(gets_openmetrics("application/openmetrics-text;q=0"));
  CHECK_FALSE(gets_openmetrics("application/openmetrics-text;q=0, */*"));
  CHECK_FALSE(gets_openmetrics("application/openmetrics-text;q=0.1, */*;q=0.9"));
  CHECK_FALSE(gets_openmetrics("application/openmetrics-text;q=nonsense"));
  CHECK_FALSE(gets_openmetrics("application/openmetrics-text;q=nan"));
  CHECK(gets_openmetrics("application/openmetrics-text;q=7, text/plain"));
}

TEST_CASE("the closest range counts, wherever it stands") {
  CHECK(gets_openmetrics("text/plain;version=0.0.4;q=0.1, text/plain, application/openmetrics-text;q=0.5"));
  CHECK(gets_openmetrics("application/*, text/plain;q=0.5"));
  CHECK(gets_openmetrics("application/*;q=0.1, application/openmetrics-text;q=0.9, text/*;q=0.5"));
  CHECK_FALSE(gets_openmetrics("application/*, application/openmetrics-text;q=0.1, text/*;q=0.5"));
}

TEST_CASE("only version 1.0.0 is ours, and a range without a version accepts it") {
  CHECK(gets_openmetrics("application/openmetrics-text;version=1.0.0"));
  CHECK_FALSE(gets_openmetrics("application/openmetrics-text;version=0.0.1"));
  CHECK_FALSE(gets_openmetrics("application/openmetrics-text;version=2.0.0"));
  CHECK_FALSE(gets_openmetrics("application/openmetrics-text;version=2.0.0,text/plain;version=0.0.4;q=0.1"));
  CHECK(gets_openmetrics("application/openmetrics-text;version=1.0.0;q=0.2,text/plain;version=1.0.0"));
}

TEST_CASE("case, blanks, quotes and the order of parameters do not matter") {
  CHECK(gets_openmetrics("Application/OpenMetrics-Text; Q=0.9 ; Version=\"1.0.0\" ,\ttext/plain;q=0.5"));
  CHECK(gets_openmetrics("application/openmetrics-text;q=0.9;charset=utf-8;version=1.0.0,text/plain;q=0.8"));
}

}  // namespace
}  // namespace dbpool
