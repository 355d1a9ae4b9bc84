#include "sources/http/options.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("a header has the name of one and a value of one line") {
  CHECK(http_header_problem({"X-Scope-OrgID", "shop"}).empty());
  CHECK(http_header_problem({"Authorization", "ApiKey abc, scope=\"\xC3\xA4\""}).empty());
  CHECK(http_header_problem({"Accept", "text/plain"}).empty());
  for (const char* name : {"", "X Y", "X:", "X\r\nY", "X\xC3\xA4", "(X)"}) {
    CAPTURE(name);
    CHECK(http_header_problem({name, "hunter2"}) == "not the name of a header");
  }
  for (const char* value : {"a\r\nX-Evil: hunter2", "a\n", "\x7F", "\x1B[0m"}) {
    CAPTURE(value);
    CHECK(http_header_problem({"X", value}) == "a value with a line break or another control character");
  }
  CHECK(http_header_problem({"X", std::string("a\0b", 3)}) ==
        "a value with a line break or another control character");
  CHECK(http_header_problem({"X", ""}) == "a blank value");
}

TEST_CASE("a header that frames the request is refused, in any letter case") {
  for (const char* name : {"Content-Length", "content-length", "TRANSFER-ENCODING", "Connection", "te",
                           "Accept-Encoding", "Expect", "Upgrade"}) {
    CAPTURE(name);
    CHECK(http_header_problem({name, "1"}) == "a header that the exporter sets itself");
  }
}

TEST_CASE("names of headers are compared in any letter case") {
  CHECK(is_same_header("Accept", "aCCEPT"));
  CHECK_FALSE(is_same_header("Accept", "Accept-Encoding"));
}
