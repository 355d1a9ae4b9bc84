#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/counts.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// A pool of a fleet, by the name that answers show. Refers to the fleet.
struct NamedPool {
  std::string name;  ///< valid UTF-8, unique in its fleet
  const PoolReport& report;
  const SourceReport& source;

  const PoolSnapshot& figures() const noexcept { return report.figures; }
};

/// Every pool, in the order of the fleet; of those that end up with one name the first counts.
std::vector<NamedPool> named_pools(const FleetSnapshot& fleet);

/// The fleet without all but the pool that answers show by this name; without any when there is none.
FleetSnapshot only_pool(const FleetSnapshot& fleet, const std::string& name);

/// The worst status of the fleet's pools; unknown when no pool is judged.
HealthStatus worst_status(const FleetSnapshot& fleet);

/// The sum of a figure over the pools that know it; nullopt when none does. `figure`: a member of
/// PoolSnapshot, or what reads a snapshot.
template <typename Figure>
PoolSnapshot::Count sum_of(const std::vector<NamedPool>& pools, Figure figure) {
  PoolSnapshot::Count sum;
  for (const NamedPool& pool : pools) {
    sum = plus(sum, PoolSnapshot::Count(std::invoke(figure, pool.figures())));
  }
  return sum;
}

/// The same of figures about connections, each of which counts once.
template <typename Figure>
PoolSnapshot::Count connections_in(const std::vector<NamedPool>& pools, Figure figure) {
  return sum_of(pools, [&](const PoolSnapshot& s) {
    return s.part_of_another ? PoolSnapshot::Count() : PoolSnapshot::Count(std::invoke(figure, s));
  });
}

}  // namespace dbpool
