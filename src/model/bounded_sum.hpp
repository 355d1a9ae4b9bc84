#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace dbpool {

// Counts reported by targets may have any size, so a sum stays at the largest value instead of overflowing.

constexpr std::uint64_t bounded_sum(std::uint64_t a, std::uint64_t b) {
  return a + std::min(b, std::numeric_limits<std::uint64_t>::max() - a);
}

/// Returns the sum of the known counts; nullopt if both are unknown.
constexpr std::optional<std::uint64_t> plus(std::optional<std::uint64_t> a, std::optional<std::uint64_t> b) {
  if (!a || !b) return a ? a : b;
  return bounded_sum(*a, *b);
}

}  // namespace dbpool
