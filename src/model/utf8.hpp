#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// Returns `text` with U+FFFD in place of each invalid piece. A truncated sequence is one piece.
std::string valid_utf8(std::string_view text);

}  // namespace dbpool
