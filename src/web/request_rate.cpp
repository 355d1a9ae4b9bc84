#include "web/request_rate.hpp"

#include <algorithm>

namespace dbpool {

bool RequestRate::admits(const RateLimit& limit, TimePoint now) {
  if (limit.interval == std::chrono::nanoseconds::zero()) return true;
  const auto state = state_.access();
  if (state->limit != limit) *state = {limit, now};
  const TimePoint full_at = std::max(state->full_at, now) + limit.interval;
  if (full_at - now > limit.burst * limit.interval) return false;
  state->full_at = full_at;
  return true;
}

}  // namespace dbpool
