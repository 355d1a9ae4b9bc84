#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.hpp"

namespace dbpool {

/// One option, written down once: the YAML loader, the environment, the flags and the documentation read it
/// from here. `Target` is what it is set in.
template <typename Target>
struct Key {
  enum class Variable { none, same };  ///< whether `DBPOOL_<NAME>` sets it as well

  std::string_view name;  ///< `canary.interval` stands for `interval` inside of `canary`
  Variable variable;
  std::string_view fallback;  ///< the default, as it would be written; "" = none
  std::string_view meaning;
  void (*set)(Target&, const Value&, Problems&);
};

/// The variable of an option: `DBPOOL_MAX_SIZE` for `max_size`, upper case with `.` and `-` as `_`.
std::string variable_of(std::string_view name);

/// Adds a problem for each key of `mapping` that is duplicate or none of `names`, and when it is no mapping.
void check_keys(const Value& mapping, const std::vector<std::string_view>& names, Problems& problems);

/// Sets in `target` all that `mapping` has, in the order of the table.
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
