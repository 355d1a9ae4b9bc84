#include "health/pressure.hpp"

#include <algorithm>

#include "model/bounded_sum.hpp"

namespace dbpool {

std::uint64_t callers_waiting(const PoolSnapshot& pool) {
  const std::uint64_t waiting = pool.waiting.value_or(0);
  return waiting - std::min(waiting, pool.probing_waiters.value_or(0));
}

std::optional<double> used_share(const PoolSnapshot& pool) {
  if (pool.saturated && pool.max) return 1;
  if (!pool.active || !pool.max || *pool.max == 0) return pool.utilization;
  const std::uint64_t load = *pool.active - std::min(*pool.active, pool.probing.value_or(0));
  return static_cast<double>(load) / static_cast<double>(*pool.max);
}

bool is_busy(const PoolSnapshot& pool) {
  return callers_waiting(pool) > 0 || used_share(pool).value_or(0) >= busy_from;
}

bool is_full(const PoolSnapshot& pool) {
  if (used_share(pool).value_or(0) >= busy_from) return true;
  return pool.idle == 0U && pool.max > 0U && plus(pool.total(), pool.opening) >= pool.max;
}

bool has_known_load(const PoolSnapshot& pool) {
  return pool.waiting || used_share(pool);
}

}  // namespace dbpool
