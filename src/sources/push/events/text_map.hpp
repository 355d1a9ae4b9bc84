#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dbpool {

struct TextHash : std::hash<std::string_view> {
  // NOLINTNEXTLINE(readability-identifier-naming): the standard library's name
  using is_transparent = void;
};

/// Values by texts, which are found without a copy of the text. A value keeps its address.
template <typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

}  // namespace dbpool
