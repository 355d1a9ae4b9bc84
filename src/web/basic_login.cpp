#include "web/basic_login.hpp"

#include <strings.h>

#include <algorithm>

namespace dbpool {
namespace {

/// Decodes base64 (RFC 4648); nullopt: it is none.
std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr unsigned bits_a_letter = 6, bits_a_byte = 8;
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  unsigned bits = 0, count = 0;
  for (const char c : text) {
    const auto value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << bits_a_letter) | static_cast<unsigned>(value);
    count += bits_a_letter;
    if (count < bits_a_byte) continue;
    count -= bits_a_byte;
    bytes += static_cast<char>(bits >> count);
    bits &= (1U << count) - 1;
  }
  return bytes;
}

}  // namespace

std::optional<BasicLogin> parse_basic_login(std::string_view header) {
  constexpr std::string_view scheme = "Basic ";
  if (::strncasecmp(header.data(), scheme.data(), std::min(header.size(), scheme.size())) != 0)
    return std::nullopt;
  header.remove_prefix(std::min(header.find_first_not_of(' ', scheme.size()), header.size()));
  const auto login = decode_base64(header);
  const auto colon = login ? login->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return BasicLogin{login->substr(0, colon), login->substr(colon + 1)};
}

}  // namespace dbpool
