#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/read_value.hpp"
#include "config/value.hpp"

namespace dbpool {

inline constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/-";

// Setters for the tables of keys: each reads one value and sets the field of the target it stands for, or
// adds a problem. `field_of(target, field)` finds the field; each kind of target has its own.

template <auto field, unsigned low, unsigned high, typename Target>
void whole(Target& target, const Value& value, Problems& problems) {
  if (const auto number = read_whole(value, {low, high}, problems)) field_of(target, field) = *number;
}

template <auto field, std::int64_t least = 0, typename Target>
void duration(Target& target, const Value& value, Problems& problems) {
  if (const auto read = read_duration(value, Duration(least), problems)) field_of(target, field) = *read;
}

template <auto field, typename Target>
void text(Target& target, const Value& value, Problems& problems) {
  if (const auto read = read_text(value, problems)) field_of(target, field) = *read;
}

template <auto field, typename Target>
void file(Target& target, const Value& value, Problems& problems) {
  if (const auto read = read_text(value, problems)) field_of(target, field) = std::filesystem::path(*read);
}

template <auto field, typename Target>
void switched(Target& target, const Value& value, Problems& problems) {
  if (const auto read = read_switch(value, problems)) field_of(target, field) = *read;
}

/// A name of the characters that pools and sources may have in theirs.
inline std::optional<std::string> read_name(const Value& value, Problems& problems) {
  auto name = read_text(value, problems);
  if (!name || name->find_first_not_of(name_characters) == std::string::npos) return name;
  problems.reject(value, "a name of the characters A-Z a-z 0-9 _ . : / -");
  return std::nullopt;
}

}  // namespace dbpool
