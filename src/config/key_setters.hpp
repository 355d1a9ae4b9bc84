#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "config/parts.hpp"
#include "config/read_value.hpp"
#include "config/value.hpp"
#include "dbpool/model/dsn.hpp"

namespace dbpool {

/// The least duration that is not 0, in nanoseconds.
inline constexpr std::int64_t positive = 1;

inline constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/-";

// Setters for the tables of keys. Each reads one value and sets its field of the target, or adds a problem.

/// Resolves a member pointer against the part of the target that declares the member.
template <typename Target, typename Part, typename Field>
Field& field_of(Target& target, Field Part::*field) {
  return part_of<Part>(target).*field;
}

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

template <auto field, typename Target>
void dsn(Target& target, const Value& value, Problems& problems) {
  if (const auto read = read_text(value, problems)) field_of(target, field) = DsnSource(Dsn(*read));
}

template <auto field, typename Target>
void dsn_file(Target& target, const Value& value, Problems& problems) {
  if (const auto read = read_text(value, problems))
    field_of(target, field) = DsnSource(std::filesystem::path(*read));
}

/// Sets a name made of the characters that pools and sources may have in their names.
template <auto field, typename Target>
void name(Target& target, const Value& value, Problems& problems) {
  const auto read = read_text(value, problems);
  if (!read) return;
  if (read->find_first_not_of(name_characters) != std::string::npos)
    return problems.reject(value, "a name of the characters A-Z a-z 0-9 _ . : / -");
  field_of(target, field) = *read;
}

}  // namespace dbpool
