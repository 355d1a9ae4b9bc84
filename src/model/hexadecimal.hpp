#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dbpool {

/// Returns the two lower-case hexadecimal digits of a byte.
constexpr std::array<char, 2> hexadecimal(std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[byte >> 4U], digits[byte & 0xFU]};
}

}  // namespace dbpool
