#include "sources/http_json/value.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/error.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

std::string value_failure(const std::string& text) {
  try {
    read_json(text);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("what is no JSON is an error that says where and quotes nothing") {
  for (const std::string text : {"", "{", "hunter2", "{\"a\": hunter2}", "[1,]", "<html>hunter2</html>",
                                 "{} {}", "'a'", "\"\\ud800\"", "{\"a\": nano}", "{\"a\": NaN1}"}) {
    CAPTURE(text);
    const std::string why = value_failure(text);
    CHECK(why.find("not JSON") != std::string::npos);
    CHECK(why.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("nesting and the number of values are bounded") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(value_failure(nested(60)) == "");
  CHECK(value_failure(nested(100)) == "its answer is JSON that is too deep");
  CHECK(value_failure(std::string(4'000'000, '[')) == "its answer is JSON that is too deep");
  std::string many = "[0";
  for (int i = 0; i < 300'000; ++i) many += ",0";
  CHECK(value_failure(many + "]") == "its answer is JSON with too many values");
}

TEST_CASE("of duplicate keys the last one counts, and a byte order mark does not disturb") {
  CHECK(read_json(R"({"a": 1, "a": 2})")["a"] == 2);
  CHECK(read_json("\xEF\xBB\xBF{}").is_object());
  CHECK(read_json("\"a\xC3\"") == "a\xEF\xBF\xBD");
}

TEST_CASE("a count is a whole number of 64 bits") {
  CHECK(json_count(json::parse("3")) == 3U);
  CHECK(json_count(json::parse("3.0")) == 3U);
  CHECK(json_count(json::parse("-0.0")) == 0U);
  CHECK(json_count(json::parse("18446744073709551615")) == 18446744073709551615U);
  for (const char* text :
       {"18446744073709551616", "-1", "2.5", "1e300", "true", "\"-3\"", "null", "[]", "{}"}) {
    CAPTURE(text);
    CHECK_FALSE(json_count(json::parse(text)));
  }
}

TEST_CASE("a number is finite and not negative") {
  CHECK(json_number(json::parse("2.5")) == 2.5);
  CHECK(json_number(json::parse("7")) == 7.0);
  CHECK_FALSE(json_number(json::parse("-0.1")));
}

TEST_CASE("a number in quotes is a number") {
  CHECK(json_count("10") == 10U);
  CHECK(json_count("10.0") == 10U);
  CHECK(json_count(" 10\n") == 10U);
  CHECK(json_count("18446744073709551615") == 18446744073709551615U);
  CHECK(json_number("2.5") == 2.5);
  CHECK(json_number("1e3") == 1000.0);
  CHECK(json_time("1760365800.25") == WallTime(1760365800250ms));
  CHECK(json_truth("true") == true);
  CHECK(json_truth("false") == false);
  for (const char* text : {"", " ", "ten", "10 20", "1,000", "0x10", "10%", "-", "1e", "NaN", "Infinity",
                           "1e999", "[1]", "true", "null"}) {
    CAPTURE(text);
    CHECK_FALSE(json_count(text));
    CHECK_FALSE(json_number(text));
  }
  CHECK_FALSE(json_truth("1"));
  CHECK_FALSE(json_count(std::string(100'000, '1')));
}

TEST_CASE("a number that JSON does not have is one value that is not known") {
  for (const std::string& word : std::vector<std::string>{"NaN", "Infinity", "-Infinity", "nan", "-inf",
                                                          "1e400", "-1e999", std::string(400, '9')}) {
    CAPTURE(word);
    const json document = read_json("{\"a\": " + word + ", \"b\":[" + word + "," + word + "], \"c\": 7}");
    CHECK(document["a"].is_null());
    CHECK(document["b"] == json{nullptr, nullptr});
    CHECK(document["c"] == 7);
  }
  CHECK(read_json(R"({"a": "NaN", "NaN": 1e-400, "q\"NaN": 1})") ==
        json{{"a", "NaN"}, {"NaN", 0.0}, {"q\"NaN", 1}});
}

TEST_CASE("a time is RFC 3339 with an offset, or Unix seconds") {
  const auto time = [](const char* text) { return json_time(json::parse(text)); };
  CHECK(time("\"2025-10-13T14:30:00.000Z\"") == WallTime(1760365800s));
  CHECK(time("\"2025-10-13T14:30:00.123456789+02:00\"") == WallTime(1760358600123456789ns));
  CHECK(time("\"2025-10-13 14:30:00-00:30\"") == WallTime(1760367600s));
  CHECK(time("\"1970-01-01T00:00:00.1234567890123Z\"") == WallTime(123456789ns));
  CHECK(time("1760365800.25") == WallTime(1760365800250ms));
  for (const char* text :
       {"\"\"", "\"2025-10-13T14:30:00\"", "\"2025-02-30T14:30:00Z\"", "\"2025-10-13T25:30:00Z\"",
        "\"2025-10-13T14:30:00Zx\"", "\"20251013T143000Z\"", "\"9999-10-13T14:30:00Z\"", "1e300", "-1",
        "null", "\"1970-01-01T00:00:00+00:01\"", "\"2025-10-13T14:30\"", "\"yesterday\""}) {
    CAPTURE(text);
    CHECK_FALSE(time(text));
  }
}

TEST_CASE("a pointer leads through objects and arrays, or to nothing") {
  const json document = json::parse(R"({"a": [{"b/c": 1, "": 2, "0": 3}], "m~n": 4})");
  const auto at = [&](const char* text) { return json_at(document, json_pointer(text)); };
  REQUIRE(at("/a/0/b~1c"));
  CHECK(*at("/a/0/b~1c") == 1);
  CHECK(*at("/a/0/") == 2);
  CHECK(*at("/a/0/0") == 3);
  CHECK(*at("/m~0n") == 4);
  CHECK(*at("") == document);
  for (const char* text :
       {"/a/1", "/a/-", "/a/x", "/a/0/b", "/m~0n/0", "/a/99999999999999999999", "/", "/a/-1"}) {
    CAPTURE(text);
    CHECK(at(text) == nullptr);
  }
  CHECK_THROWS_AS(json_pointer("a"), Error);
  CHECK_THROWS_AS(json_pointer("/~"), Error);
}
