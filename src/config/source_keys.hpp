#pragma once

#include <string>

#include "config/config.hpp"
#include "config/value.hpp"

namespace dbpool {

/// Reads one entry of `sources`, with the keys of its type, and checks it.
SourceConfig read_source(const Value& written, Problems& problems);

/// Returns the options of sources as a Markdown table: key, types, default, meaning. For the documentation.
std::string source_keys_markdown();

}  // namespace dbpool
