#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dbpool {

/// Returns `text` with U+FFFD in place of each invalid piece. A truncated sequence is one piece.
std::string valid_utf8(std::string_view text);

/// Returns whether a byte of valid UTF-8 continues a character.
constexpr bool is_continuation(char c) {
  constexpr std::uint8_t two_bits = 0xC0, continuation = 0x80;
  return (static_cast<std::uint8_t>(c) & two_bits) == continuation;
}

/// Returns the number of characters in valid UTF-8.
constexpr std::size_t count_characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, is_continuation));
}

}  // namespace dbpool
