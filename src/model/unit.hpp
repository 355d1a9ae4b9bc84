#pragma once

#include <array>
#include <string_view>

#include "dbpool/model/names.hpp"

namespace dbpool {

/// The unit of a value. A ratio is 1 for all; counts and words have no unit.
enum class Unit { none, seconds, bytes, ratio };

/// As the names of metrics spell it.
inline constexpr std::array<std::string_view, 4> unit_names{"", "seconds", "bytes", "ratio"};
constexpr std::string_view to_string(Unit u) {
  return unit_names[index_of(u)];
}

}  // namespace dbpool
