#include "model/blank_ends.hpp"

#include <doctest/doctest.h>

#include <string>

#include "dbpool/model/dsn.hpp"

using namespace dbpool;

TEST_CASE("blanks, line breaks and byte order marks are cut off both ends, in any order, and nowhere else") {
  const std::string inner = "a \xEF\xBB\xBF\r\n b";
  for (const std::string ends :
       {"", " ", "\n", "\r\n", "\r", "\t", "\xEF\xBB\xBF", "\xEF\xBB\xBF \n", "\n\xEF\xBB\xBF\v\f "}) {
    CAPTURE(ends);
    CHECK(without_blank_ends(ends + inner) == inner);
    CHECK(without_blank_ends(inner + ends) == inner);
    CHECK(without_blank_ends(ends + inner + ends) == inner);
    CHECK(without_blank_ends(ends + ends).empty());
    CHECK(Dsn(ends + inner + ends) == Dsn(inner));
  }
}

TEST_CASE("a piece of a byte order mark is a piece of the text") {
  CHECK(without_blank_ends("\xEF\xBB") == "\xEF\xBB");
  CHECK(without_blank_ends("a\xBB\xBF") == "a\xBB\xBF");
}

TEST_CASE("a blank at the end of a DSN that a backslash escapes belongs to the last value") {
  CHECK(Dsn("password=a\\ \n").reveal() == "password=a\\ ");
  CHECK(Dsn("password=a\\\\ ").reveal() == "password=a\\\\");
  CHECK(Dsn(" password=a\\\n").reveal() == "password=a\\");
}
