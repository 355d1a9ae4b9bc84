#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/source_kinds.hpp"
#include "config/value.hpp"

namespace dbpool {

/// Reads one entry of `sources`, with the keys of its type, and checks it.
SourceConfig read_source(const Value& value, Problems& problems);

/// Reads the part of a module that is a source: the keys of its type but the name, and a DSN or URL that
/// leads to no server. `others`: keys that the module itself reads.
SourceConfig read_source_of_module(const Value& value, std::span<const std::string_view> others,
                                   Problems& problems);

/// Returns every option of a source of this kind.
std::vector<Key<SourceConfig>> source_keys(const SourceKindRow& kind);

/// Returns the options of sources as a Markdown table: key, types, default, meaning. For the documentation.
std::string source_keys_markdown();

}  // namespace dbpool
