#pragma once

#include <optional>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// The share of its size from which on a pool is busy.
inline constexpr double busy_from = 0.8;

/// Returns the callers that wait, without this exporter's own probes; 0 also if that is not known.
std::uint64_t callers_waiting(const PoolSnapshot& pool);

/// Returns the share of `max` that is in use, without connections lent to canaries that do not hold them; 1
/// for a pool that accepts no further caller; the source's own utilization where `max` is not known; nullopt
/// = not known.
std::optional<double> used_share(const PoolSnapshot& pool);

/// Returns whether callers wait or the pool is used to `busy_from`. False where neither is known.
bool is_busy(const PoolSnapshot& pool);

/// Returns whether the pool cannot grow: used to `busy_from`, or as many connections as it may have are open
/// or opening and none is idle.
bool is_full(const PoolSnapshot& pool);

/// Returns whether `is_busy` could be answered.
bool has_known_load(const PoolSnapshot& pool);

}  // namespace dbpool
