#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/value.hpp"

namespace dbpool {

/// Reads `modules`, a mapping of names to modules, and checks each.
std::vector<ModuleConfig> read_modules(const Value& value, Problems& problems);

/// Returns the options of modules, besides those of sources, as a Markdown table: key, default, meaning. For
/// the documentation.
std::string module_keys_markdown();

}  // namespace dbpool
