#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// `text` with U+FFFD in place of each piece that is not UTF-8. A sequence that is cut short is one piece.
std::string valid_utf8(std::string_view text);

}  // namespace dbpool
