#pragma once

#include <chrono>
#include <cstdint>

#include "sources/push/streams.hpp"

namespace dbpool::test {

/// Returns when something arrived, in seconds.
inline TimePoint arrival(std::int64_t seconds) {
  return TimePoint(std::chrono::seconds(seconds));
}

/// Returns the times of a point that arrived when it was made, in seconds. `start`: 0 = not sent.
inline PointTime at(std::int64_t start, std::int64_t time) {
  constexpr std::int64_t ns = 1'000'000'000;
  return {.start = static_cast<std::uint64_t>(start * ns),
          .time = static_cast<std::uint64_t>(time * ns),
          .arrived = arrival(time)};
}

}  // namespace dbpool::test
