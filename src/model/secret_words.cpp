#include "model/secret_words.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "model/ascii.hpp"
#include "model/blank_ends.hpp"
#include "model/contains.hpp"
#include "model/hexadecimal.hpp"

namespace dbpool {
namespace {

/// Words in a value that indicate another secret in it.
constexpr std::array<std::string_view, 8> secret_words{"pass",  "pwd",    "secret",    "credential",
                                                       "token", "apikey", "accesskey", "private"};

}  // namespace

std::string normalized_key(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    const auto escaped = c == '%' ? hexadecimal_byte(text.substr(i + 1, 2)) : std::nullopt;
    if (escaped) {
      c = static_cast<char>(*escaped);
      i += 2;
    }
    if (ascii_blanks.find(c) == std::string_view::npos) result += ascii_lower(c);
  }
  return result;
}

bool speaks_of_secret(std::string_view text) {
  const auto plain = normalized_key(text);
  return std::ranges::any_of(secret_words, [&plain](auto word) { return contains(plain, word); });
}

bool holds_login(std::string_view value) {
  const auto at = value.rfind('@');
  const bool has_login = at != std::string_view::npos && contains(value.substr(0, at), ":");
  return has_login || contains(value, "://") || (contains(value, "=") && speaks_of_secret(value));
}

}  // namespace dbpool
