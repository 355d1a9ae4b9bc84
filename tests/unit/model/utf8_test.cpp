#include "model/utf8.hpp"

#include <doctest/doctest.h>

using dbpool::valid_utf8;

namespace {
const std::string replaced = "\xEF\xBF\xBD";
}

TEST_CASE("valid UTF-8 stays as it is") {
  for (const std::string text : {"", "orders", "Größe", "\xE2\x82\xAC", "\xF0\x9F\x90\x98 elephant",
                                 "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "line\nbreak"}) {
    CHECK(valid_utf8(text) == text);
  }
}

TEST_CASE("a byte that begins nothing becomes U+FFFD") {
  CHECK(valid_utf8("\xFF") == replaced);
  CHECK(valid_utf8("a\x80z") == "a" + replaced + "z");
  CHECK(valid_utf8("\xFE\xFF") == replaced + replaced);
}

TEST_CASE("a sequence that is cut short becomes one U+FFFD") {
  CHECK(valid_utf8("\xE2\x82") == replaced);
  CHECK(valid_utf8("\xE2\x82z") == replaced + "z");
  CHECK(valid_utf8("\xF0\x9F\x90z") == replaced + "z");
  CHECK(valid_utf8("\xC3\xC3\xA4") == replaced + "\xC3\xA4");
}

TEST_CASE("overlong forms, surrogates and numbers beyond Unicode are not UTF-8") {
  CHECK(valid_utf8("\xC0\xAF") == replaced + replaced);
  CHECK(valid_utf8("\xE0\x80\xAF") == replaced + replaced + replaced);
  CHECK(valid_utf8("\xED\xA0\x80") == replaced + replaced + replaced);
  CHECK(valid_utf8("\xF0\x80\x80\xAF") == replaced + replaced + replaced + replaced);
  CHECK(valid_utf8("\xF4\x90\x80\x80") == replaced + replaced + replaced + replaced);
}

TEST_CASE("characters are counted, not bytes") {
  CHECK(dbpool::count_characters("") == 0);
  CHECK(dbpool::count_characters("abc") == 3);
  CHECK(dbpool::count_characters("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\x98") == 3);
}
