#pragma once

#include <chrono>

namespace dbpool {

/// A duration as the figures have it.
inline double seconds_of(std::chrono::nanoseconds d) noexcept {
  return std::chrono::duration<double>(d).count();
}

/// The same to the millisecond, which is as fine as a person reads.
inline double rounded_seconds_of(std::chrono::nanoseconds d) noexcept {
  return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(d).count()) / 1000;
}

}  // namespace dbpool
