#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace dbpool {

// Counts that others tell may be of any size. A sum stays at the largest number rather than run over, which
// would make a small one of it.

constexpr std::uint64_t bounded_sum(std::uint64_t a, std::uint64_t b) {
  return a + std::min(b, std::numeric_limits<std::uint64_t>::max() - a);
}

/// The sum of what is known; nullopt when neither is.
constexpr std::optional<std::uint64_t> plus(std::optional<std::uint64_t> a, std::optional<std::uint64_t> b) {
  if (!a || !b) return a ? a : b;
  return bounded_sum(*a, *b);
}

}  // namespace dbpool
