#include "exposition/json_metrics.hpp"

#include "exposition/named_pools.hpp"

namespace dbpool {
namespace {

/// Returns the utilization of the pools that know both their active connections and their maximum.
Json overall_utilization(const std::vector<NamedPool>& pools) {
  using Count = PoolSnapshot::Count;
  const auto active = [](const PoolSnapshot& s) { return s.max ? s.active : Count(); };
  const auto max = [](const PoolSnapshot& s) { return s.active ? s.max : Count(); };
  return json_per_cent(sum_of(pools, active), sum_of(pools, max));
}

/// Returns Ombudsman's ratio, in per cent of the connections created: 3800 = each was used 38 times more.
Json reuse_ratio(const std::vector<NamedPool>& pools) {
  const auto created = total_of<&PoolSnapshot::created>(pools);
  return created == 0U ? Json(0.0) : json_per_cent(total_of<&PoolSnapshot::reused>(pools), created);
}

}  // namespace

Json metrics_json(const FleetSnapshot& fleet) {
  const auto pools = named_pools(fleet);
  return {{"total_pools", pools.size()},
          {"total_connections", json_of(connections_in(pools, &PoolSnapshot::total))},
          {"total_active", json_of(total_of<&PoolSnapshot::active>(pools))},
          {"total_idle", json_of(total_of<&PoolSnapshot::idle>(pools))},
          {"total_capacity", json_of(total_of<&PoolSnapshot::max>(pools))},
          {"overall_utilization", overall_utilization(pools)},
          {"total_created", json_of(total_of<&PoolSnapshot::created>(pools))},
          {"total_reused", json_of(total_of<&PoolSnapshot::reused>(pools))},
          {"total_closed", json_of(sum_of(pools, closed_in_all))},
          {"total_errors", json_of(sum_of(pools, [](const auto& s) { return total(s.errors); }))},
          {"reuse_ratio", reuse_ratio(pools)}};
}

}  // namespace dbpool
