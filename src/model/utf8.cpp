#include "model/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace dbpool {
namespace {

/// Properties of a sequence, given by its first byte: the number of further bytes, and the range of the next
/// one. The range excludes overlong forms, surrogates and code points above U+10FFFF (RFC 3629, section 4).
struct Announced {
  std::size_t more = 0;
  std::uint8_t lowest = 0x80, highest = 0xBF;
  bool valid = true;
};

Announced announced_by(std::uint8_t first) {
  if (first < 0x80) return {};
  if (first >= 0xC2 && first <= 0xDF) return {.more = 1};
  if (first == 0xE0) return {.more = 2, .lowest = 0xA0};
  if (first == 0xED) return {.more = 2, .highest = 0x9F};
  if (first >= 0xE1 && first <= 0xEF) return {.more = 2};
  if (first == 0xF0) return {.more = 3, .lowest = 0x90};
  if (first >= 0xF1 && first <= 0xF3) return {.more = 3};
  if (first == 0xF4) return {.more = 3, .highest = 0x8F};
  return {.valid = false};
}

struct Piece {
  std::size_t length;
  bool valid;
};

/// Returns the first character of `text`, or its first invalid piece. REQUIRES: `text` is not empty.
Piece first_piece(std::string_view text) {
  Announced announced = announced_by(static_cast<std::uint8_t>(text.front()));
  if (!announced.valid) return {1, false};
  std::size_t length = 1;
  for (; length <= announced.more; ++length) {
    if (length == text.size()) return {length, false};
    const auto byte = static_cast<std::uint8_t>(text[length]);
    if (byte < announced.lowest || byte > announced.highest) return {length, false};
    announced.lowest = 0x80;
    announced.highest = 0xBF;
  }
  return {length, true};
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  if (std::ranges::all_of(text, [](char c) { return static_cast<std::uint8_t>(c) < 0x80; })) {
    return std::string(text);
  }
  std::string result;
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    result += piece.valid ? text.substr(0, piece.length) : replacement;
    text.remove_prefix(piece.length);
  }
  return result;
}

}  // namespace dbpool
