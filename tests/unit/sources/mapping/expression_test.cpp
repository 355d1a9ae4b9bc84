#include "sources/mapping/expression.hpp"

#include <doctest/doctest.h>

#include <string>

#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

/// Returns the expression in one form, with its factors in front.
std::string outline(const std::string& text) {
  const Expression read = parse_expression(text);
  if (read.terms.empty()) return doctest::toString(read.number).c_str();
  std::string shown;
  for (const Term& term : read.terms) {
    shown += shown.empty() ? "" : " ";
    shown += std::string(doctest::toString(term.factor).c_str()) + "*" + term.series.name;
    if (term.series.name_pattern) shown += "~";
    for (const LabelMatcher& label : term.series.labels)
      shown += "[" + label.label + (label.pattern ? "~" : "=" + label.value) + "]";
  }
  return shown;
}

std::string error(const std::string& text) {
  try {
    parse_expression(text);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

bool fits(const std::string& expression, std::vector<SampleLabel> labels) {
  Captures captures;
  return parse_expression(expression).terms.at(0).series.labels_match(labels, captures);
}

}  // namespace

TEST_CASE("an expression is a number, or a sum of series with factors") {
  CHECK(outline("20") == "20");
  CHECK(outline(" 0.5 ") == "0.5");
  CHECK(outline("active") == "1*active");
  CHECK(outline("total - active") == "1*total -1*active");
  CHECK(outline("a+b-c") == "1*a 1*b -1*c");
  CHECK(outline("wait_ms * 0.5 - 2*other") == "0.5*wait_ms -2*other");
  CHECK(outline("1e2 * a") == "100*a");
  CHECK(outline("db.client.connection.count") == "1*db.client.connection.count");
  CHECK(outline("*_pool_size * 2") == "2**_pool_size");
}

TEST_CASE("a series has conditions on labels, and its name may be quoted or a pattern") {
  CHECK(outline("a{}") == "1*a");
  CHECK(outline("a{state=\"used\", type =~ \"x|y\",}") == "1*a[state=used][type~]");
  CHECK(outline("a{state='used'}") == "1*a[state=used]");
  CHECK(outline(R"(a{state="a\"b\\c\d"})") == R"(1*a[state=a"b\c\d])");
  CHECK(outline(R"({"db.client-connections", "pool.name"="x"})") == "1*db.client-connections[pool.name=x]");
  CHECK(outline(R"({__name__=~"vttablet_(?<pool>.*)_in_use"} * 2)") == "2*~");
  CHECK(outline(R"({__name__="a"})") == "1*a");
}

TEST_CASE("conditions on labels: an absent label is empty, and a pattern matches the whole value") {
  CHECK(fits(R"(a{x="1"})", {{"x", "1"}, {"y", "2"}}));
  CHECK_FALSE(fits(R"(a{x="1"})", {{"x", "2"}}));
  CHECK_FALSE(fits(R"(a{x="1"})", {}));
  CHECK(fits(R"(a{x=""})", {}));
  CHECK(fits(R"(a{x=~"1|2"})", {{"x", "2"}}));
  CHECK_FALSE(fits(R"(a{x=~"1|2"})", {{"x", "12"}}));
}

TEST_CASE("an error names the column and what is expected there") {
  CHECK(error("") == "column 1: expected a series such as name{label=\"value\"}");
  CHECK(error("a b") == "column 3: expected +, -, * or the end");
  CHECK(error("a * 2 b") == "column 7: expected +, - or the end");
  CHECK(error("a * 2 * 3") == "column 7: expected +, - or the end");
  CHECK(error("a + ") == "column 5: expected a series such as name{label=\"value\"}");
  CHECK(error("a + 1") == "column 6: expected * and a series");
  CHECK(error("1 + a") == "column 3: expected * and a series, or the end: a number stands alone");
  CHECK(error("a * b") == "column 5: expected a number");
  CHECK(error("a * 0") == "column 5: expected a number that is not 0");
  CHECK(error("a * 1e999") == "column 5: expected a number");
  CHECK(error("a{x}") == "column 4: expected = or =~");
  CHECK(error("a{x=y}") == "column 5: expected a text in quotes");
  CHECK(error("a{x=\"y}") == "column 5: expected a text that ends in a quote");
  CHECK(error("a{x=\"y\" z=\"\"}") == "column 9: expected a comma or }");
  CHECK(error("a{-}") == "column 3: expected a label or }");
  CHECK(error("a{x=~\"(\"}") == "column 6: not a regular expression");
  CHECK(error("{x=\"y\"}") == "before column 8: expected the name of a metric in the braces");
  CHECK(error("a{\"b\"}") == "before column 6: expected one name of a metric");
  CHECK(error("-a") == "column 1: expected a series such as name{label=\"value\"}");
  CHECK(error(std::string(20'000, 'a')) == "an expression of more than 10000 bytes");
}

TEST_CASE("a number keeps its decimals when it is scaled") {
  CHECK(times(10'000, 1e-6) == 0.01);
  CHECK(times(123'456'789, 1e-9) == 0.123456789);
  CHECK(times(3, -0.001) == -0.003);
  CHECK(times(3, 2.5) == 7.5);
  CHECK(times(3, 0.3) == 3 * 0.3);
}
