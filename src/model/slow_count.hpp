#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "dbpool/model/histogram.hpp"

namespace dbpool {

/// The observations of a histogram that took longer than an objective.
struct SlowCount {
  std::uint64_t count = 0;
  double objective = 0;  ///< in effect, in seconds: the bucket bound above which they were counted
};

/// Counts the observations of `durations` above the objective in effect: the largest bucket bound that is at
/// most `objective` and at least half of it. Exact for that bound. As a count above `objective` itself it is
/// never too low, and too high by the observations between the two. nullopt if no bound fits, or if
/// `objective` is 0 (off).
std::optional<SlowCount> slower_than(const Histogram& durations, std::chrono::nanoseconds objective);

}  // namespace dbpool
