#include "config/value.hpp"

#include <doctest/doctest.h>

namespace dbpool {
namespace {

using Lines = std::vector<std::string>;

Value text(std::string content) {
  Value value;
  value.kind = Value::Kind::text;
  value.text = std::move(content);
  return value;
}

TEST_CASE("problems come in the order of the lines, each with its place") {
  Problems problems("a.yml");
  problems.add(7, "pools[0].x", "wrong");
  problems.add(2, "", "worse");
  problems.add(7, "pools[0].a", "wrong as well");
  CHECK(problems.lines() ==
        Lines{"a.yml:2: worse", "a.yml:7: pools[0].x: wrong", "a.yml:7: pools[0].a: wrong as well"});
}

TEST_CASE("a place without a file has no line") {
  Problems environment("environment");
  environment.add(0, "DBPOOL_MAX_SIZE", "wrong");
  CHECK(environment.lines() == Lines{"environment: DBPOOL_MAX_SIZE: wrong"});
  Problems flags("");
  flags.add(0, "--log.level", "wrong");
  CHECK(flags.lines() == Lines{"--log.level: wrong"});
}

TEST_CASE("a value is quoted only when it is short, plain and not from a variable") {
  const auto reported = [](const Value& value) {
    Problems problems("");
    problems.reject(value, "x");
    return problems.lines().at(0);
  };
  CHECK(reported(text("ten")) == "\"ten\" is not accepted; allowed: x");
  CHECK(reported(text("-5s")) == "\"-5s\" is negative; allowed: x");
  for (const auto* secret : {"u:p@h", "postgres://h", "password=x", "a;b", "line\nbreak", "\x1b[31m",
                             "a text that is longer than what anybody would mistype"}) {
    CAPTURE(secret);
    CHECK(reported(text(secret)) == "this value is not accepted; allowed: x");
  }
  auto expanded = text("ten");
  expanded.expanded = true;
  CHECK(reported(expanded) == "this value is not accepted; allowed: x");
  CHECK(reported(Value{}) == "has no value; allowed: x");
}

TEST_CASE("a misspelled word finds the nearest, and a strange one finds none") {
  const std::vector<std::string_view> words{"min_size", "max_size", "canary"};
  CHECK(nearest("max_sise", words) == "max_size");
  CHECK(nearest("maxsize", words) == "max_size");
  CHECK(nearest("cannary", words) == "canary");
  CHECK(nearest("something_else", words).empty());
  CHECK(nearest("", words).empty());
}

TEST_CASE("a dotted key is found inside of a mapping, and whole") {
  Value inner;
  inner.kind = Value::Kind::mapping;
  inner.members.push_back({"interval", 1, text("5s")});
  Value nested;
  nested.members.push_back({"canary", 1, inner});
  REQUIRE(nested.find("canary.interval") != nullptr);
  CHECK(nested.find("canary.interval")->text == "5s");
  CHECK(nested.find("canary.hold") == nullptr);
  CHECK(nested.find("health.preset") == nullptr);

  Value flat;
  flat.members.push_back({"canary.interval", 0, text("7s")});
  REQUIRE(flat.find("canary.interval") != nullptr);
  CHECK(flat.find("canary.interval")->text == "7s");
}

}  // namespace
}  // namespace dbpool
