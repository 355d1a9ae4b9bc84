#include "config/key_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace dbpool {
namespace {

/// Returns the keys that may follow `prefix`, which is "" or ends with a dot.
std::vector<std::string_view> keys_after(std::string_view prefix,
                                         const std::vector<std::string_view>& names) {
  std::vector<std::string_view> keys;
  for (auto name : names) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    name = name.substr(0, name.find('.'));
    if (std::ranges::find(keys, name) == keys.end()) keys.push_back(name);
  }
  return keys;
}

/// Returns false for a key without a value: it may be a value without a key, and so a secret.
bool may_be_shown(const Value::Member& member) {
  return member.value.kind != Value::Kind::null;
}

std::string unknown_key(const Value::Member& member, const std::vector<std::string_view>& known) {
  const std::string& key = member.key;
  if (key == "<<") return "merge keys are not taken; allowed: anchors and aliases of whole values";
  const auto shown = may_be_shown(member) ? shown_key(key) : "";
  std::string what = shown.empty() ? "unknown key" : fmt::format("unknown key \"{}\"", shown);
  const auto meant = nearest(key, known);
  if (!meant.empty()) what += fmt::format(" (did you mean \"{}\"?)", meant);
  return what + fmt::format("; allowed: {}", fmt::join(known, ", "));
}

void check_within(const Value& mapping, const std::string& prefix, const std::vector<std::string_view>& names,
                  Problems& problems) {
  const auto known = keys_after(prefix, names);
  if (mapping.kind != Value::Kind::mapping) {
    // Quotes nothing: the file given as the configuration may hold a secret.
    if (mapping.kind == Value::Kind::text || mapping.kind == Value::Kind::list) {
      problems.add(mapping, fmt::format("not a mapping; allowed: a mapping of {}", fmt::join(known, ", ")));
    }
    return;
  }
  std::map<std::string_view, int> first_lines;
  for (const auto& member : mapping.members) {
    const auto [first, is_new] = first_lines.emplace(member.key, member.line);
    const std::string full = prefix + member.key;
    if (std::ranges::find(known, member.key) == known.end()) {
      problems.add(member.line, shown_path(mapping, member), unknown_key(member, known));
    } else if (!is_new) {
      problems.add(member.line, member.value.path,
                   fmt::format("duplicate key, first in line {}; allowed: once", first->second));
    } else if (std::ranges::find(names, full) == names.end()) {
      check_within(member.value, full + ".", names, problems);
    }
  }
}

}  // namespace

std::string variable_of(std::string_view name) {
  std::string variable = "DBPOOL_";
  for (const char c : name) {
    const bool lower = c >= 'a' && c <= 'z';
    variable += c == '.' || c == '-' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return variable;
}

const Value* Written::note(std::string_view key) {
  const Value* const value = mapping_->find(key);
  for (auto dot = key.find('.'); dot != std::string_view::npos; dot = key.find('.', dot + 1)) {
    const auto group = key.substr(0, dot);
    const Value* const place = mapping_->find(group);
    if (place != nullptr || value != nullptr) places_.emplace(group, place != nullptr ? place : value);
  }
  if (value != nullptr) places_.emplace(key, value);
  return value;
}

Written Written::within(std::string_view group) const {
  Written inner(at(group));
  for (const auto& [key, place] : places_) {
    const bool is_inside = key.starts_with(group) && key.substr(group.size()).starts_with('.');
    if (is_inside) inner.places_.emplace(key.substr(group.size() + 1), place);
  }
  return inner;
}

std::string shown_path(const Value& mapping, const Value::Member& member) {
  if (may_be_shown(member)) return member.value.path;
  return mapping.path.empty() ? "…" : mapping.path + ".…";
}

void check_keys(const Value& mapping, const std::vector<std::string_view>& names, Problems& problems) {
  check_within(mapping, "", names, problems);
}

}  // namespace dbpool
