#pragma once

#include <algorithm>
#include <string_view>

namespace dbpool {

/// Returns the text without the given characters at both ends.
constexpr std::string_view without_ends(std::string_view text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
  return text.substr(0, text.find_last_not_of(characters) + 1);
}

/// The characters that are blank in ASCII.
inline constexpr std::string_view ascii_blanks = " \t\r\n\v\f";

/// Returns the text without the blanks, line breaks and UTF-8 byte order marks at both ends, which editors,
/// shells and secret stores add.
std::string_view without_blank_ends(std::string_view text);

}  // namespace dbpool
