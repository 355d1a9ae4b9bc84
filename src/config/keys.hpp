#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.hpp"

namespace dbpool {

/// One option, defined once for the YAML loader, the environment, the flags and the documentation. `Target`
/// is the struct that has the field.
template <typename Target>
struct Key {
  enum class Variable { none, same };  ///< whether `DBPOOL_<NAME>` sets it as well

  std::string_view name;  ///< `canary.interval` is `interval` inside `canary`
  Variable variable;
  std::string_view fallback;  ///< the default, as a user writes it; "" = none
  std::string_view meaning;
  void (*set)(Target&, const Value&, Problems&);
};

/// Returns the variable of an option: `DBPOOL_MAX_SIZE` for `max_size`, upper case with `_` for `.` and `-`.
std::string variable_of(std::string_view name);

/// Adds a problem for each key of `mapping` that is a duplicate or not in `names`, and for a text or a list
/// in its place.
void check_keys(const Value& mapping, const std::vector<std::string_view>& names, Problems& problems);

/// Sets each field of `target` whose key is in `mapping`, in the order of the table.
template <typename Target>
void read_keys(const Value& mapping, std::span<const Key<Target>> keys, Target& target, Problems& problems) {
  std::vector<std::string_view> names;
  for (const auto& key : keys) names.push_back(key.name);
  check_keys(mapping, names, problems);
  for (const auto& key : keys) {
    if (const Value* value = mapping.find(key.name)) key.set(target, *value, problems);
  }
}

}  // namespace dbpool
