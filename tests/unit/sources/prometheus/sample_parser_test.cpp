#include "sources/prometheus/sample_parser.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "dbpool/model/error.hpp"
#include "support/text/sample_outline.hpp"

using namespace dbpool;

namespace {

std::string parsed_line(std::string_view line, TextFormat format = TextFormat::prometheus) {
  SampleParser parser(format);
  const ScrapedSample sample = parser.parse({line, 7});
  const std::string text = test::outline(sample);
  return text.substr(3, text.rfind(" (") - 3);
}

/// Returns what was expected in place of what the line has.
std::string expected(std::string_view line, TextFormat format = TextFormat::prometheus) {
  const std::string place = "line 7 of its answer: expected ";
  try {
    parsed_line(line, format);
    return "";
  } catch (const Error& error) {
    const std::string message = error.what();
    REQUIRE(message.starts_with(place));
    return message.substr(place.size());
  }
}

}  // namespace

TEST_CASE("a sample has a name, labels in its order and a value") {
  CHECK(parsed_line("a 1") == "a{} 1");
  CHECK(parsed_line("ns:a_b2{} 1") == "ns:a_b2{} 1");
  CHECK(parsed_line("a{z=\"1\",b=\"2\"} 0.5") == "a{z=<1>b=<2>} 0.5");
  CHECK(parsed_line("a{b=\"{c=,}#\"} 1") == "a{b=<{c=,}#>} 1");
}

TEST_CASE("a value of a label has three escapes, and other backslashes stay") {
  CHECK(parsed_line(R"(a{b="c\\d\"e\nf\tg\\"} 1)") == "a{b=<c\\d\"e\nf\\tg\\>} 1");
  CHECK(parsed_line(R"(a{b="\\n",c="\"",d="plain",e="\\\\"} 1)") == R"(a{b=<\n>c=<">d=<plain>e=<\\>} 1)");
}

TEST_CASE("many long values with escapes do not disturb each other") {
  std::string line = "a{", expected_labels;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "l" + std::to_string(i);
    const std::string value = "a value that is longer than a short string " + std::to_string(i);
    line += name + "=\"\\\\" + value + "\",";
    expected_labels += name + "=<\\" + value + ">";
  }
  CHECK(parsed_line(line + "} 1") == "a{" + expected_labels + "} 1");
}

TEST_CASE("names in quotes stand in the braces, the metric's first") {
  CHECK(parsed_line(R"({"my.name"} 1)") == "my.name{} 1");
  CHECK(parsed_line(R"({ "my.name" , } 1)") == "my.name{} 1");
  CHECK(parsed_line(R"({"my \"name\"","service.name"="x",b="c"} 1)") ==
        "my \"name\"{service.name=<x>b=<c>} 1");
  CHECK(parsed_line(R"(a{"b.c"="d"} 1)") == "a{b.c=<d>} 1");
  CHECK(expected(R"({a="b"} 1)") == "the name of a metric, in quotes");
  CHECK(expected(R"({"a"="b"} 1)") == "a comma or } after the name of a metric");
  CHECK(expected(R"({""} 1)") == "the name of a metric between the quotes");
  CHECK(expected(R"({a="b","my.name"} 1)") == "the name of a metric, in quotes");
  CHECK(expected(R"(a{"b"} 1)") == "= after the name of a label");
}

TEST_CASE("a line that is no sample is an error that says what was expected") {
  CHECK(expected("") == "the name of a metric");
  CHECK(expected("1a 1") == "the name of a metric");
  CHECK(expected("db.client 1") == "{ or a blank after the name of a metric");
  CHECK(expected("a+1") == "{ or a blank after the name of a metric");
  CHECK(expected("a") == "{ or a blank after the name of a metric");
  CHECK(expected("Not found") == "a number as the value of a sample");
  CHECK(expected("a{b=\"c\"}") == "a number as the value of a sample");
  CHECK(expected("a{b=\"c\"") == "a comma or } after a label");
  CHECK(expected("a{b=\"c\" d=\"e\"} 1") == "a comma or } after a label");
  CHECK(expected("a{,} 1") == "the name of a label or }");
  CHECK(expected("a{b=\"c\",,} 1") == "the name of a label or }");
  CHECK(expected("a{b:c=\"d\"} 1") == "= after the name of a label");
  CHECK(expected("a{b=c} 1") == "the value of a label, in quotes");
  CHECK(expected("a{b=\"c} 1") == "a closing quote");
  CHECK(expected(R"(a{b="c\"} 1)") == "a closing quote");
  CHECK(expected("a{") == "the name of a label or }");
}

TEST_CASE("a label occurs once, and there are at most 256") {
  CHECK(expected("a{b=\"1\",c=\"2\",b=\"3\"} 1") == "each label once");
  const auto with_labels = [](int count) {
    std::string line = "a{";
    for (int i = 0; i < count; ++i) line += "l" + std::to_string(i) + "=\"\",";
    return line + "} 1";
  };
  CHECK(expected(with_labels(256)) == "");
  CHECK(expected(with_labels(257)) == "at most 256 labels");
}

TEST_CASE("timestamps are whole milliseconds in 0.0.4 and seconds in OpenMetrics") {
  CHECK(parsed_line("a 1 -1700000000123") == "a{} 1 @-1700000000123");
  CHECK(expected("a 1 1700000000.5") == "a timestamp in whole milliseconds or the end of the line");
  CHECK(expected("a 1 99999999999999999999") == "a timestamp in whole milliseconds or the end of the line");
  CHECK(expected("a 1 2 3") == "the end of the line after a sample");
  CHECK(parsed_line("a 1 1700000000.1235", TextFormat::openmetrics) == "a{} 1 @1700000000124");
  CHECK(parsed_line("a 1 1.7e9", TextFormat::openmetrics) == "a{} 1 @1700000000000");
  for (const std::string time : {"NaN", "+Inf", "1e300", "now"}) {
    CHECK(expected("a 1 " + time, TextFormat::openmetrics) ==
          "a timestamp in seconds, an exemplar or the end of the line");
  }
}

TEST_CASE("an exemplar has labels, a value and perhaps a time, in OpenMetrics alone") {
  const auto format = TextFormat::openmetrics;
  CHECK(parsed_line("a_total 1 # {} 0.5", format) == "a_total{} 1 # {} 0.5");
  CHECK(parsed_line("a 1 5 # {t=\"x\\\"\",} 0.5 6", format) == "a{} 1 @5000 # {t=<x\">} 0.5 @6000");
  CHECK(expected("a 1 # 5", format) == "the labels of an exemplar");
  CHECK(expected("a 1 # {} ", format) == "a number as the value of an exemplar");
  CHECK(expected("a 1 # {} 1 2 3", format) == "the end of the line after a sample");
  CHECK(expected("a 1 # {t=\"x\"} 0.5") == "a timestamp in whole milliseconds or the end of the line");
}

TEST_CASE("a parser keeps nothing of the line before") {
  SampleParser parser(TextFormat::openmetrics);
  parser.parse({"a{b=\"\\\\\"} 1 2 # {c=\"d\"} 3", 1});
  const ScrapedSample sample = parser.parse({"e 4", 2});
  CHECK(test::outline(sample) == "2: e{} 4 (value of untyped )");
}
