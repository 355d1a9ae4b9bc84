#include "model/slow_count.hpp"

#include <cmath>
#include <cstddef>

namespace dbpool {

std::optional<SlowCount> slower_than(const Histogram& durations, std::chrono::nanoseconds objective) {
  if (objective <= std::chrono::nanoseconds::zero()) return std::nullopt;
  const auto most = static_cast<double>(objective.count());
  std::optional<SlowCount> fitting;
  std::uint64_t up_to_bound = 0;
  for (std::size_t i = 0; i < durations.bounds().size(); ++i) {
    up_to_bound += durations.count_in(i);
    const double bound = durations.bounds()[i];
    const double rounded = std::round(bound * 1e9);  // a target's 10 ms may be 0.010000000000000002 s
    if (rounded > most) break;
    if (2 * rounded >= most) fitting = SlowCount{durations.count() - up_to_bound, bound};
  }
  return fitting;
}

}  // namespace dbpool
