#pragma once

#include <algorithm>
#include <string_view>

namespace dbpool {

/// Returns a letter of ASCII in lower case, and any other character as it is; in every locale.
constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Returns whether two texts are the same but for the case of ASCII's letters.
constexpr bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

}  // namespace dbpool
