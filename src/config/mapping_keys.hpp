#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <variant>

#include "config/config.hpp"
#include "config/key_table.hpp"
#include "sources/mapping/mapping_options.hpp"

namespace dbpool {

// Setters for the keys of a mapping.

void set_mapping_preset(MappingOptions& mapping, const Value& value, Problems& problems);
void set_mapping_fields(MappingOptions& mapping, const Value& value, Problems& problems);
void set_mapping_pool(MappingOptions& mapping, const Value& value, Problems& problems);
void set_mapping_match(MappingOptions& mapping, const Value& value, Problems& problems);
void set_mapping_prefix(MappingOptions& mapping, const Value& value, Problems& problems);
void set_mapping_sum(MappingOptions& mapping, const Value& value, Problems& problems);

/// The keys that say how the series of a target become pools.
inline constexpr auto mapping_keys = std::to_array<Key<MappingOptions>>({
    {"preset", Variable::none, "auto", "auto, custom, or one or several names of presets",
     set_mapping_preset},
    {"fields", Variable::none, "", "field to expression; replaces and adds to the preset's",
     set_mapping_fields},
    {"pool", Variable::none, "",
     "a pool's name from labels, such as \"{database}/{user}\"; none = the preset's", set_mapping_pool},
    {"match", Variable::none, "", "label to the value, or ~pattern, that every series must have",
     set_mapping_match},
    {"prefix", Variable::none, "", "what stands before the preset's names", set_mapping_prefix},
    {"sum", Variable::none, "", "whether series of one pool are added up; none = as the preset does",
     set_mapping_sum},
});

/// Checks the keys together, after each was read alone.
void check_mapping(const MappingOptions& mapping, const Written& written, Problems& problems);

/// Sets one of `mapping_keys` in the `mapping` of a source's options.
template <typename Options, std::size_t Index>
void set_in_mapping(SourceConfig& source, const Value& value, Problems& problems) {
  mapping_keys[Index].set(std::get<Options>(source.options).mapping, value, problems);
}

/// Returns `mapping_keys` for a kind of source whose options have a `mapping`.
template <typename Options>
constexpr auto mapping_keys_of() {
  return []<std::size_t... Index>(std::index_sequence<Index...>) {
    return std::to_array<Key<SourceConfig>>(
        {{mapping_keys[Index].name, mapping_keys[Index].variable, mapping_keys[Index].fallback,
          mapping_keys[Index].meaning, set_in_mapping<Options, Index>}...});
  }
  (std::make_index_sequence<mapping_keys.size()>());
}

}  // namespace dbpool
