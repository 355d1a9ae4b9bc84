#pragma once

#include <string_view>

namespace dbpool {

/// Returns the text without the blanks, line breaks and UTF-8 byte order marks at both ends, which editors,
/// shells and secret stores add.
std::string_view without_blank_ends(std::string_view text);

}  // namespace dbpool
