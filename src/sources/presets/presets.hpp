#pragma once

#include <string>

namespace dbpool {

/// Returns the presets as a Markdown table, for the documentation.
std::string presets_markdown();

}  // namespace dbpool
