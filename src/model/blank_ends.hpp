#pragma once

#include <string_view>

namespace dbpool {

/// The characters that are blank in ASCII.
inline constexpr std::string_view blanks = " \t\r\n\v\f";

/// Returns the text without the blanks, line breaks and UTF-8 byte order marks at both ends, which editors,
/// shells and secret stores add.
std::string_view without_blank_ends(std::string_view text);

}  // namespace dbpool
