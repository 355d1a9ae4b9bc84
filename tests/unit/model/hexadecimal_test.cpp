#include "model/hexadecimal.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string_view>

using namespace dbpool;

TEST_CASE("bytes are written in lower-case hexadecimal digits, two for each") {
  CHECK(hexadecimal_text(std::string_view("\x01\xAB\xFF")) == "01abff");
  CHECK(hexadecimal_text(std::array<std::uint8_t, 2>{0, 0x7f}) == "007f");
  CHECK(hexadecimal_text(std::string_view()).empty());
}

TEST_CASE("two hexadecimal digits of either case are a byte, and nothing else is") {
  CHECK(hexadecimal_byte("00") == 0);
  CHECK(hexadecimal_byte("7f") == 0x7F);
  CHECK(hexadecimal_byte("aF") == 0xAF);
  for (const char* const other : {"", "1", "123", "g0", "0g", "-1", "+1", " 1", "1 ", "0x"}) {
    CAPTURE(other);
    CHECK_FALSE(hexadecimal_byte(other));
  }
}
