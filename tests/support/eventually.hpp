#pragma once

#include <chrono>
#include <cstdlib>
#include <thread>

namespace dbpool {

/// Returns an upper bound for a wait, stretched by DBPOOL_TEST_SLOWNESS (1 when unset) for slow machines and
/// sanitizers.
inline std::chrono::nanoseconds stretched(std::chrono::nanoseconds bound) {
  const char* given = std::getenv("DBPOOL_TEST_SLOWNESS");
  const double slowness = given == nullptr ? 1 : std::atof(given);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(bound * (slowness > 1 ? slowness : 1));
}

/// Polls every few milliseconds until `condition` holds, at most a stretched `bound`. Returns whether it
/// held. Tests of the whole program sleep only here.
template <typename Condition>
bool eventually(const Condition& condition, std::chrono::nanoseconds bound) {
  const auto end = std::chrono::steady_clock::now() + stretched(bound);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace dbpool
