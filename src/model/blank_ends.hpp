#pragma once

#include <string_view>

namespace dbpool {

/// The text without the blanks, line breaks and UTF-8 byte order marks at both its ends: what editors, shells
/// and secret stores leave there. Those within it stay.
std::string_view without_blank_ends(std::string_view text);

}  // namespace dbpool
