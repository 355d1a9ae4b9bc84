#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/mapping/preset.hpp"

namespace dbpool {

/// Returns all presets, in the order in which `auto` prefers them; the variants of one are side by side.
std::span<const Preset> presets();

/// Returns the names of presets, each once.
std::vector<std::string_view> preset_names(std::span<const Preset> known = presets());

/// Returns the presets as a Markdown table, for the documentation.
std::string presets_markdown();

}  // namespace dbpool
