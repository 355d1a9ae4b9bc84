#include "sources/prometheus/other_than_metrics.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace dbpool;

namespace {

std::string other(std::string_view line) {
  return other_than_metrics(line).value_or("");
}

}  // namespace

TEST_CASE("pages, documents and compressed answers are known by their first line") {
  CHECK(other(" <!doctype html>") == "it answered an HTML page, not metrics: is this the right path?");
  CHECK(other("<?xml version=\"1.0\"?>") == "it answered XML, not metrics: is this the right path?");
  for (const char* line : {"{", "{}", "{ }", "[", "[1]", R"({"a":1})", R"({ "a" : "b",)"}) {
    CAPTURE(line);
    CHECK(other(line) == "it answered JSON, not metrics: is this the right path?");
  }
  CHECK(other("\x1F\x8B\x08") == "its answer is compressed by gzip, and no Content-Encoding says so");
}

TEST_CASE("lines of metrics are not taken for something else") {
  for (const char* line :
       {"", "a 1", "# HELP", R"({"my.name"} 1)", R"({"my.name",a="b"} 1)", R"({"my)", R"({a="b"} 1)"}) {
    CAPTURE(line);
    CHECK(other(line) == "");
  }
}
