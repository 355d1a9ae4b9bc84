#pragma once

#include <string>

#include "cli/document.hpp"
#include "cli/terminal_text.hpp"

namespace dbpool {

/// Returns the text of `status` for the document of /connections/pools/health: a line for each pool, worst
/// first, and the warnings. Each line fits the terminal, but for a longer name. Pure.
std::string status_view(const Document& health, Colours colours);

}  // namespace dbpool
