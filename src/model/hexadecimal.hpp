#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace dbpool {

/// Returns the two lower-case hexadecimal digits of a byte.
constexpr std::array<char, 2> hexadecimal(std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[byte >> 4U], digits[byte & 0xFU]};
}

/// Returns bytes in lower-case hexadecimal digits. `Bytes`: a range of bytes, or of characters that are
/// bytes.
template <typename Bytes>
std::string hexadecimal_text(const Bytes& bytes) {
  std::string text;
  for (const auto byte : bytes) {
    const auto digits = hexadecimal(static_cast<std::uint8_t>(byte));
    text.append(digits.data(), digits.size());
  }
  return text;
}

/// Returns the byte that two hexadecimal digits spell, in either case; nullopt if `pair` is not two of them.
inline std::optional<std::uint8_t> hexadecimal_byte(std::string_view pair) noexcept {
  constexpr int base = 16;
  std::uint8_t byte = 0;
  const char* const end = pair.data() + pair.size();
  const auto [rest, error] = std::from_chars(pair.data(), end, byte, base);
  if (pair.size() != 2 || error != std::errc() || rest != end) return std::nullopt;
  return byte;
}

}  // namespace dbpool
