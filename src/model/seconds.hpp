#pragma once

#include <chrono>

namespace dbpool {

/// Returns a duration in seconds, the unit of the figures.
inline double seconds_of(std::chrono::nanoseconds d) noexcept {
  return std::chrono::duration<double>(d).count();
}

/// Same, rounded to milliseconds for readable output.
inline double rounded_seconds_of(std::chrono::nanoseconds d) noexcept {
  return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(d).count()) / 1000;
}

}  // namespace dbpool
