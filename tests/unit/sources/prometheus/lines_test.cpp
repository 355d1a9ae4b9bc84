#include "sources/prometheus/lines.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

using Strings = std::vector<std::string>;

void add(Lines& lines, std::string_view piece, Strings& found) {
  lines.add(piece);
  while (const auto line = lines.next()) found.emplace_back(*line);
}

}  // namespace

TEST_CASE("lines are the same however they are cut into pieces") {
  const std::string text = "a\n\nbcd\ne\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Lines lines(10);
    Strings found;
    for (std::size_t at = 0; at < text.size(); at += size) add(lines, text.substr(at, size), found);
    CHECK(found == Strings{"a", "", "bcd", "e"});
    CHECK(lines.number() == 4);
    CHECK(lines.unfinished().empty());
  }
}

TEST_CASE("a line within one piece is not copied") {
  const std::string text = "a\nbc\n";
  Lines lines(10);
  lines.add(text);
  CHECK(lines.next()->data() == text.data());
  CHECK(lines.next()->data() == text.data() + 2);
  CHECK_FALSE(lines.next());
}

TEST_CASE("what follows the last line feed is unfinished") {
  Lines lines(10);
  Strings found;
  add(lines, "a\nb", found);
  add(lines, "", found);
  add(lines, "c", found);
  CHECK(found == Strings{"a"});
  CHECK(lines.unfinished() == "bc");
}

TEST_CASE("a line that is too long is an error before its end arrives") {
  const std::string problem = "line 2 of its answer is longer than 3 bytes";
  Lines lines(3);
  Strings found;
  add(lines, "abc\ndef", found);
  CHECK_THROWS_WITH_AS(add(lines, "g", found), problem.c_str(), Error);
  Lines others(3);
  CHECK_THROWS_WITH_AS(add(others, "abc\ndefg\n", found), problem.c_str(), Error);
  CHECK(found == Strings{"abc", "abc"});
}
