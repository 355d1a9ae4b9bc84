#pragma once

#include <chrono>
#include <cstdlib>
#include <thread>

namespace dbpool {

/// An upper bound on what a test waits for, stretched by DBPOOL_TEST_SLOWNESS (1 when unset) for machines
/// that are slow or run sanitizers.
inline std::chrono::nanoseconds stretched(std::chrono::nanoseconds bound) {
  const char* given = std::getenv("DBPOOL_TEST_SLOWNESS");
  const double slowness = given == nullptr ? 1 : std::atof(given);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(bound * (slowness > 1 ? slowness : 1));
}

/// Looks every few milliseconds until `condition` holds, for a stretched `bound` at most. Returns whether it
/// held. The only place where tests of the whole program sleep.
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
