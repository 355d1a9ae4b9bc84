#include "sources/recent_errors.hpp"

#include <utility>

namespace dbpool {
namespace {

PoolSnapshot::Count total_of(const PoolSnapshot& pool) {
  PoolSnapshot::Count total;
  for (const auto& count : pool.errors) {
    if (count) total = total.value_or(0) + *count;
  }
  return total;
}

}  // namespace

void RecentErrors::complete(std::vector<PoolSnapshot>& pools, std::chrono::nanoseconds now, WallTime wall) {
  std::map<std::string, Seen> seen;
  for (PoolSnapshot& pool : pools) {
    const auto total = total_of(pool);
    if (!total) {
      // At least the last error is recent.
      if (pool.last_error_at && !pool.errors_recent)
        pool.errors_recent = wall - *pool.last_error_at < window_ ? 1 : 0;
      continue;
    }
    auto node = seen_.extract(pool.label());
    const auto at = node ? seen.insert(std::move(node)).position
                         : seen.try_emplace(pool.label(), *total, RecentCount(window_),
                                            RecentCount(std::chrono::hours(1)))
                               .first;
    Seen& known = at->second;
    const std::uint64_t grown = *total >= known.total ? *total - known.total : *total;
    known.total = *total;
    known.recent.add(now, grown);
    known.last_hour.add(now, grown);
    if (!pool.errors_recent) pool.errors_recent = known.recent.value(now);
    if (!pool.errors_last_hour) pool.errors_last_hour = known.last_hour.value(now);
  }
  seen_ = std::move(seen);
}

}  // namespace dbpool
