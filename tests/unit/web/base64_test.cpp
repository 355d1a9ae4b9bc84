#include "web/base64.hpp"

#include <doctest/doctest.h>

namespace dbpool {

TEST_CASE("base64 is decoded with and without its padding, and other characters are refused") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("YQ==") == "a");
  CHECK(decode_base64("YWI") == "ab");
  CHECK(decode_base64("w7wvKw==") == "ü/+");
  CHECK(decode_base64("AAAA") == std::string(3, '\0'));
  for (const char* const other : {"!", "YQ =", "YW-_", "=YQ"}) CHECK_FALSE(decode_base64(other).has_value());
}

}  // namespace dbpool
