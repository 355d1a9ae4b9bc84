#include "sources/sql/row.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

/// Returns the only row of a result.
Row row_of(const QueryResult& result) {
  return {result, result.rows.at(0)};
}

QueryResult result_with(std::optional<std::string> field) {
  return {{"x"}, {{std::move(field)}}, 0};
}

}  // namespace

TEST_CASE("a column is found by its name, wherever it stands") {
  const QueryResult result{{"b", "a"}, {{"1", "2"}}, 0};
  CHECK(row_of(result).count("a") == 2U);
  CHECK(row_of(result).text("b") == "1");
}

TEST_CASE("what a row does not have is not known") {
  const QueryResult result{{"a", "b", "c"}, {{std::nullopt, ""}}, 0};
  CHECK_FALSE(row_of(result).text("a").has_value());
  CHECK(row_of(result).text("b") == "");
  CHECK_FALSE(row_of(result).text("c").has_value());  // the row is short
  CHECK_FALSE(row_of(result).text("d").has_value());
  const QueryResult longer{{"a"}, {{"1", "2"}}, 0};
  CHECK_FALSE(row_of(longer).text("d").has_value());
  CHECK_FALSE(row_of(result).count("b").has_value());
}

TEST_CASE("a count is a whole number of 0 or more") {
  CHECK(row_of(result_with("0")).count("x") == 0U);
  CHECK(row_of(result_with("18446744073709551615")).count("x") == 18446744073709551615U);
  for (const char* const none :
       {"-1", "+1", " 1", "1 ", "1.5", "1e3", "18446744073709551616", "one", "0x1"}) {
    const QueryResult result = result_with(none);
    CHECK_MESSAGE(!row_of(result).count("x").has_value(), none);
  }
}

TEST_CASE("a limit of 0 is no limit") {
  CHECK_FALSE(row_of(result_with("0")).limit("x").has_value());
  CHECK(row_of(result_with("20")).limit("x") == 20U);
}

TEST_CASE("a number is finite and not negative") {
  CHECK(row_of(result_with("1.5")).number("x") == 1.5);
  CHECK(row_of(result_with("1e3")).number("x") == 1000.0);
  for (const char* const none : {"-0.5", "nan", "inf", "1e999", "", "1,5"}) {
    const QueryResult result = result_with(none);
    CHECK_MESSAGE(!row_of(result).number("x").has_value(), none);
  }
}

TEST_CASE("a result without a column that must be there is refused by name") {
  const QueryResult result{{"a"}, {}, 0};
  CHECK_NOTHROW(require_columns(result, "SHOW POOLS", {"a"}));
  CHECK_THROWS_WITH_AS(require_columns(result, "SHOW POOLS", {"a", "b"}),
                       "SHOW POOLS was answered without the column b", Error);
}

TEST_CASE("every row is visited in its order") {
  const QueryResult result{{"a"}, {{"1"}, {"2"}}, 0};
  std::string seen;
  for_each_row(result, [&](const Row& row) { seen += *row.text("a"); });
  CHECK(seen == "12");
}
