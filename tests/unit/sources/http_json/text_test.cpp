#include "sources/http_json/text.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("an answer that is plainly no JSON is named for what it is") {
  const std::string question = ", not JSON: is this the right path?";
  for (const std::string text : {"", " \r\n\t", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"})
    CHECK(other_than_json(text) == "it answered an empty body" + question);
  for (const std::string text : {"<html>", "<!DOCTYPE html>", "\n <HTML lang=en>", "<h1>It works!</h1>",
                                 "\xEF\xBB\xBF<!doctype HTML>"})
    CHECK(other_than_json(text) == "it answered an HTML page" + question);
  CHECK(other_than_json("<?xml version='1.0'?><a/>") == "it answered XML" + question);
  CHECK(other_than_json("# HELP up Whether\n# TYPE up gauge\nup 1\n") ==
        "it answered metrics in Prometheus' text format" + question);
  CHECK(other_than_json("\x1F\x8B\x08") ==
        "its answer is compressed by gzip, not JSON, and no Content-Encoding says so");
  for (const std::string text : {"{}", " []", "7", "\"<html>\"", "hunter2", "\xEF\xBB\xBF{}"})
    CHECK_FALSE(other_than_json(text));
}

TEST_CASE("what JSON has is left as it is, byte for byte") {
  for (const std::string text :
       {"", "{}", R"({"NaN": "Infinity", "a\\": -1.5e+300, "b": [null, true, "\"NaN"]})", "nano NaNo N a N",
        "\"NaN", "\"\\", "1e-400", "01.", "\xFF\x00{"})
    CHECK(with_finite_numbers(text) == text);
}

TEST_CASE("numbers that JSON does not have become null") {
  CHECK(with_finite_numbers("NaN") == "null");
  CHECK(with_finite_numbers("[NaN,Infinity, -Infinity ,+inf,nan]") == "[null,null, null ,null,null]");
  CHECK(with_finite_numbers("{\"a\":1e400,\"b\":-1E999,\"c\":1e308}") ==
        "{\"a\":null,\"b\":null,\"c\":1e308}");
}
