#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/bounded_sum.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// A pool of a fleet and its name in the answers. Refers to the fleet.
struct NamedPool {
  std::string name;  ///< valid UTF-8, unique in its fleet
  const PoolReport& report;
  const SourceReport& source;

  const PoolSnapshot& figures() const noexcept { return report.figures; }
};

/// Returns every pool, in the order of the fleet; of pools with one name, only the first.
std::vector<NamedPool> named_pools(const FleetSnapshot& fleet);

/// Returns the fleet with the pool of this name alone, or without pools if there is no such pool.
FleetSnapshot only_pool(const FleetSnapshot& fleet, const std::string& name);

/// Returns the worst status of the fleet's pools; unknown if no pool is judged.
HealthStatus worst_status(const FleetSnapshot& fleet);

/// Returns the sum of a figure over the pools that know it; nullopt if none does. `figure`: a member of
/// PoolSnapshot, or a function of one.
template <typename Figure>
PoolSnapshot::Count sum_of(const std::vector<NamedPool>& pools, Figure figure) {
  PoolSnapshot::Count sum;
  for (const NamedPool& pool : pools) {
    sum = plus(sum, PoolSnapshot::Count(std::invoke(figure, pool.figures())));
  }
  return sum;
}

/// Returns the same for a figure about connections, and counts each connection once.
template <typename Figure>
PoolSnapshot::Count connections_in(const std::vector<NamedPool>& pools, Figure figure) {
  return sum_of(pools, [&](const PoolSnapshot& s) {
    return s.part_of_another ? PoolSnapshot::Count() : PoolSnapshot::Count(std::invoke(figure, s));
  });
}

}  // namespace dbpool
