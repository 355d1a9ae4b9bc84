#pragma once

#include <algorithm>
#include <functional>
#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

#include "model/bounded_sum.hpp"
#include "model/figures.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// A pool of a fleet, with a name that is unique in the answers. Refers to the fleet.
struct NamedPool {
  const PoolReport& report;
  const SourceReport& source;
  bool counted_in_target = false;  ///< its connections are counted in the pool of its whole target

  const std::string& name() const noexcept { return report.figures.label(); }
  const PoolSnapshot& figures() const noexcept { return report.figures; }
};

/// Returns every pool, in the order of the fleet. Two sources may have a pool with one label, and answers
/// name a pool by its label alone, so the first is returned.
std::vector<NamedPool> named_pools(const FleetSnapshot& fleet);

/// Returns the fleet with the pool of this name alone, or without pools if there is no such pool.
FleetSnapshot only_pool(const FleetSnapshot& fleet, const std::string& name);

/// Returns whether the last reading of a source failed. An owned pool is judged itself.
bool is_down(const SourceReport& source);

/// Returns the names of the sources that are down.
std::vector<std::string> sources_down(const FleetSnapshot& fleet);

/// Returns the worst status of the fleet's pools and sources. A source that is down is unhealthy; unknown
/// if nothing is judged.
HealthStatus worst_status(const FleetSnapshot& fleet);

/// Returns the sum of a figure over the pools that know it; nullopt if none does. `figure`: a member of
/// PoolSnapshot, or a function of one.
template <typename Pools, typename Figure>
PoolSnapshot::Count sum_of(Pools&& pools, Figure figure) {
  PoolSnapshot::Count sum;
  for (const NamedPool& pool : pools) {
    sum = plus(sum, PoolSnapshot::Count(std::invoke(figure, pool.figures())));
  }
  return sum;
}

/// Returns the same for a figure about connections, and counts each connection once: in the pool of a whole
/// target (PoolScope::target) where that one has connections, as Pgpool-II's has, and else in the other
/// pools, as with PgBouncer.
template <typename Figure>
PoolSnapshot::Count connections_in(const std::vector<NamedPool>& pools, Figure figure) {
  return sum_of(pools | std::views::filter(std::not_fn(&NamedPool::counted_in_target)), figure);
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
