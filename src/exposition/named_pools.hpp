#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "model/bounded_sum.hpp"
#include "model/figures.hpp"
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

/// Returns a figure of all pools together, as the table of figures adds it up; nullopt if no pool knows it.
template <auto Member>
auto total_of(const std::vector<NamedPool>& pools) {
  constexpr Total rule = figure_of<Member>().total;
  static_assert(rule != Total::none, "the figure has no total");
  if constexpr (rule == Total::largest) {
    std::remove_cvref_t<decltype(pools.front().figures().*Member)> largest;
    for (const NamedPool& pool : pools) largest = std::max(largest, pool.figures().*Member);
    return largest;
  } else if constexpr (rule == Total::sum_of_wholes) {
    return connections_in(pools, Member);
  } else {
    return sum_of(pools, Member);
  }
}

}  // namespace dbpool
