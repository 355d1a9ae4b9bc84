#include "model/ascii.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("only the letters of ASCII have another case") {
  CHECK(ascii_lower('A') == 'a');
  CHECK(ascii_lower('Z') == 'z');
  for (const char c : {'a', 'z', '@', '[', '0', ' ', '\0', '\xC4'}) CHECK(ascii_lower(c) == c);
}

TEST_CASE("two texts are the same but for case if their letters are") {
  CHECK(same_but_for_case("", ""));
  CHECK(same_but_for_case("Content-Length", "content-LENGTH"));
  CHECK_FALSE(same_but_for_case("gzip", "gzi"));
  CHECK_FALSE(same_but_for_case("[", "{"));
  CHECK_FALSE(same_but_for_case("\xC3\x84", "\xC3\xA4"));
}
