#include "sources/time_unit.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "dbpool/model/names.hpp"

namespace dbpool {

double in_seconds(double value, TimeUnit unit) {
  constexpr std::array<int, 4> exponents{0, -3, -6, -9};
  if (unit == TimeUnit::seconds || !std::isfinite(value)) return value;
  // By the shortest decimals, because neither 0.1 * 0.001 nor 0.1 / 1000 need be the double next to 0.0001.
  std::array<char, 48> text{};
  char* const begin = text.data();
  char* const digits_end = std::to_chars(begin, begin + 32, value, std::chars_format::scientific).ptr;
  char* const mark = std::find(begin, digits_end, 'e');
  int exponent = 0;
  std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, digits_end, exponent);
  char* const end = std::to_chars(mark + 1, begin + text.size(), exponent + exponents[index_of(unit)]).ptr;
  double seconds = 0;
  std::from_chars(begin, end, seconds);
  return seconds;
}

std::optional<TimeUnit> time_unit_called(std::string_view name) {
  using enum TimeUnit;
  static constexpr std::array<std::pair<std::string_view, TimeUnit>, 8> units{{{"seconds", seconds},
                                                                               {"s", seconds},
                                                                               {"milliseconds", milliseconds},
                                                                               {"ms", milliseconds},
                                                                               {"microseconds", microseconds},
                                                                               {"us", microseconds},
                                                                               {"nanoseconds", nanoseconds},
                                                                               {"ns", nanoseconds}}};
  const auto found = std::ranges::find(units, name, &decltype(units)::value_type::first);
  return found == units.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace dbpool
