#pragma once

#include <string>

#include "config/config.hpp"
#include "config/value.hpp"

namespace dbpool {

/// Reads one entry of `sources`: the keys that its type has, and what must be there.
SourceConfig read_source(const Value& written, Problems& problems);

/// The options of sources as a Markdown table: key, types, default, meaning. For the documentation.
std::string source_keys_markdown();

}  // namespace dbpool
