#include "config/read_value.hpp"

#include <doctest/doctest.h>

namespace dbpool {
namespace {

using namespace std::chrono_literals;

Value text(std::string content) {
  Value value;
  value.kind = Value::Kind::text;
  value.text = std::move(content);
  return value;
}

Value quoted(std::string content) {
  auto value = text(std::move(content));
  value.quoted = true;
  return value;
}

TEST_CASE("a duration is a sum of numbers with units or a number of seconds") {
  struct Case {
    const char* text;
    Duration expected;
  };
  for (const auto& [text, expected] : {Case{"0", 0s},
                                       {"0s", 0s},
                                       {"250ms", 250ms},
                                       {"30s", 30s},
                                       {"5m", 5min},
                                       {"1h30m", 90min},
                                       {"1d", 24h},
                                       {"1h1m1s1ms1us", 3661s + 1001us},
                                       {"10µs", 10us},
                                       {"7us", 7us},
                                       {"30", 30s},
                                       {"0.25", 250ms},
                                       {".5", 500ms},
                                       {"1.5h", 90min},
                                       {"1e3", 1000s},
                                       {"3650d", 3650 * 24h}}) {
    CAPTURE(text);
    CHECK(parse_duration(text) == expected);
  }
}

TEST_CASE("what is no duration of 0 to ten years is refused") {
  for (const auto* text :
       {"",     " ",      "s",   "-1s", "-1", "+1",    "1 s",  " 1s",   "1s ",   "1x",
        "1h30", "1m-30s", "inf", "nan", ".",  "1..5s", "0x10", "3651d", "1e400", "99999999999999999999h",
        "1sm",  "1S",     "1,5s"}) {
    CAPTURE(text);
    CHECK(parse_duration(text) == std::nullopt);
  }
}

TEST_CASE("a duration that has to be positive may not be 0") {
  Problems problems("x");
  CHECK(read_duration(text("0"), Duration(0), problems) == Duration(0));
  CHECK(problems.lines().empty());
  CHECK(read_duration(text("0"), Duration(1), problems) == std::nullopt);
  CHECK(problems.lines().size() == 1);
}

TEST_CASE("a whole number is written in digits, without quotes and within its range") {
  Problems problems("x");
  CHECK(read_whole(text("0"), {0, 9}, problems) == 0U);
  CHECK(read_whole(text("9"), {0, 9}, problems) == 9U);
  CHECK(problems.lines().empty());
  const std::vector<Value> wrong{text("10"),  text("-1"),         text("+1"),  text("1.0"),
                                 text("1e0"), text(""),           text("0x1"), text(" 1"),
                                 text("1 "),  text("4294967297"), quoted("1"), Value{}};
  for (const auto& value : wrong) {
    CAPTURE(value.text);
    CHECK(read_whole(value, {0, 9}, problems) == std::nullopt);
  }
  CHECK(problems.lines().size() == wrong.size());
}

TEST_CASE("a size is a number of bytes, or of KiB, MiB or GiB") {
  Problems problems("");
  constexpr ByteRange range{1, 64U << 20U};
  CHECK(read_bytes(text("1"), range, problems) == 1U);
  CHECK(read_bytes(text("7B"), range, problems) == 7U);
  CHECK(read_bytes(text("512KiB"), range, problems) == 512U * 1024);
  CHECK(read_bytes(text("64MiB"), range, problems) == 64U << 20U);
  CHECK(read_bytes(text("1GiB"), {0, 1U << 30U}, problems) == 1U << 30U);
  CHECK(problems.lines().empty());
  for (const auto* const wrong : {"", "0", "65MiB", "67108865", "1 MiB", "1mb", "-1", "1.5MiB", "MiB",
                                  "18446744073709551615GiB", "99999999999999999999"}) {
    CAPTURE(wrong);
    CHECK(read_bytes(text(wrong), range, problems) == std::nullopt);
  }
  CHECK(problems.lines().size() == 11);
}

TEST_CASE("a number is finite and within its range") {
  Problems problems("x");
  const NumberRange range{0, 1, "0 to 1"};
  CHECK(read_number(text("0.5"), range, problems) == 0.5);
  CHECK(read_number(text("1e-3"), range, problems) == 0.001);
  CHECK(problems.lines().empty());
  for (const auto* wrong : {"1.1", "-0.1", "inf", "nan", ".nan", "0.5x", ""}) {
    CAPTURE(wrong);
    CHECK(read_number(text(wrong), range, problems) == std::nullopt);
  }
}

TEST_CASE("a switch is a bare word") {
  Problems problems("x");
  CHECK(read_switch(text("true"), problems) == true);
  CHECK(read_switch(text("on"), problems) == true);
  CHECK(read_switch(text("no"), problems) == false);
  CHECK(problems.lines().empty());
  CHECK(read_switch(quoted("true"), problems) == std::nullopt);
  CHECK(read_switch(text("1"), problems) == std::nullopt);
  CHECK(read_switch(text("TRUE!"), problems) == std::nullopt);
  CHECK(problems.lines().size() == 3);
}

TEST_CASE("a broken value has been reported and is passed over") {
  Problems problems("x");
  Value broken;
  broken.kind = Value::Kind::broken;
  CHECK(read_text(broken, problems) == std::nullopt);
  CHECK(read_whole(broken, {0, 9}, problems) == std::nullopt);
  CHECK(read_duration(broken, Duration(0), problems) == std::nullopt);
  CHECK(problems.lines().empty());
}

TEST_CASE("words are enumerated as a sentence has them") {
  constexpr std::array<std::string_view, 3> words{"a", "b", "c"};
  CHECK(enumerate(std::span(words).first(1)) == "a");
  CHECK(enumerate(std::span(words).first(2)) == "a or b");
  CHECK(enumerate(words) == "a, b or c");
}

}  // namespace
}  // namespace dbpool
