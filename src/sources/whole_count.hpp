#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace dbpool {

/// Returns a number as a count; nullopt if it is not a whole number, or so large that doubles have gaps
/// there.
inline std::optional<std::uint64_t> whole_count(double number) {
  constexpr double end = 9007199254740992;  // 2^53
  if (!(number >= 0 && number < end) || number != std::floor(number)) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

}  // namespace dbpool
