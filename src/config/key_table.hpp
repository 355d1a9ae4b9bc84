#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.hpp"

namespace dbpool {

/// When an option is read. The rows of one turn may be in any order: none of them changes what another sets.
enum class Turn {
  first,         ///< most options
  preset,        ///< sets a whole, whatever the first turn put there
  after_preset,  ///< changes a part of that whole
};

/// Whether `DBPOOL_<NAME>` sets an option as well.
enum class Variable { none, same };

/// One option, defined once for the YAML loader, the environment, the flags and the documentation. `Target`
/// is the struct that has the field.
template <typename Target>
struct Key {
  std::string_view name;  ///< `canary.interval` is `interval` inside `canary`
  Variable variable = Variable::none;
  std::string_view fallback;  ///< the default, as a user writes it; "" = none
  std::string_view meaning;
  void (*set)(Target&, const Value&, Problems&);
  Turn turn = Turn::first;
};

/// Returns the variable of an option: `DBPOOL_MAX_SIZE` for `max_size`, upper case with `_` for `.` and `-`.
std::string variable_of(std::string_view name);

/// The keys of a table that are in a mapping, with their places there, and the groups that hold them:
/// `canary` for `canary.interval`. REQUIRES: the mapping and the table outlive it.
class Written {
 public:
  explicit Written(const Value& mapping) : mapping_(&mapping) {}

  /// Records the key and its groups, as far as the mapping has them. A group that is not written has the
  /// place of a key whose name holds the dot. Returns the value of the key; nullptr = it is not written.
  const Value* note(std::string_view key);

  bool has(std::string_view key) const { return places_.contains(key); }
  /// Returns the place of a key or group. REQUIRES: `has(key)`.
  const Value& at(std::string_view key) const { return *places_.at(key); }
  /// Returns the place of the mapping, for a key that is missing.
  const Value& mapping() const { return *mapping_; }
  /// Returns what is written in a group, under the names of its keys there. REQUIRES: `has(group)`.
  Written within(std::string_view group) const;

 private:
  const Value* mapping_;
  std::map<std::string_view, const Value*> places_;
};

/// Returns the path of a member of `mapping` for messages, where its key may be any word. Hides a key without
/// a value: it may be a value without a key, and so a secret.
std::string shown_path(const Value& mapping, const Value::Member& member);

/// Adds a problem for each key of `mapping` that is a duplicate or not in `names`, and for a text or a list
/// in its place.
void check_keys(const Value& mapping, const std::vector<std::string_view>& names, Problems& problems);

/// Sets each field of `target` whose key is in `mapping`, turn by turn.
template <typename Target>
Written set_keys(const Value& mapping, std::span<const Key<Target>> keys, Target& target,
                 Problems& problems) {
  Written written(mapping);
  for (const Turn turn : {Turn::first, Turn::preset, Turn::after_preset}) {
    for (const auto& key : keys) {
      if (key.turn != turn) continue;
      if (const Value* const value = written.note(key.name)) key.set(target, *value, problems);
    }
  }
  return written;
}

/// Checks the names of the keys and does the same.
template <typename Target>
Written read_keys(const Value& mapping, std::span<const Key<Target>> keys, Target& target,
                  Problems& problems) {
  std::vector<std::string_view> names;
  for (const auto& key : keys) names.push_back(key.name);
  check_keys(mapping, names, problems);
  return set_keys(mapping, keys, target, problems);
}

/// Joins two lists of keys.
template <typename Target, std::size_t A, std::size_t B>
constexpr std::array<Key<Target>, A + B> join(const std::array<Key<Target>, A>& first,
                                              const std::array<Key<Target>, B>& second) {
  std::array<Key<Target>, A + B> all{};
  std::size_t i = 0;
  for (const auto& key : first) all[i++] = key;
  for (const auto& key : second) all[i++] = key;
  return all;
}

/// Leaves out the key of that name. REQUIRES: it is there.
template <typename Target, std::size_t Count>
constexpr std::array<Key<Target>, Count - 1> without(std::string_view name,
                                                     const std::array<Key<Target>, Count>& keys) {
  std::array<Key<Target>, Count - 1> others{};
  std::size_t i = 0;
  for (const auto& key : keys) {
    if (key.name != name) others[i++] = key;
  }
  return others;
}

}  // namespace dbpool
