#include "dbpool/exposition/fleet_collectable.hpp"

#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "exposition/family_writer.hpp"
#include "exposition/render.hpp"
#include "health/assess.hpp"

namespace dbpool {
FleetCollectable::FleetCollectable(std::vector<std::shared_ptr<const Pool>> pools)
    : pools_(std::move(pools)) {
  std::set<std::string> names;
  for (const auto& pool : pools_) {
    const std::string& name = pool->options().name;
    if (!names.insert(name).second)
      throw std::invalid_argument("exposing pools: two have the name '" + name +
                                  "'; allowed: different names");
  }
}

std::vector<prometheus::MetricFamily> FleetCollectable::Collect() const {
  const HealthPolicy policy = *health_preset("capacity");
  FleetSnapshot fleet;
  for (const auto& pool : pools_) {
    PoolSnapshot figures = pool->snapshot();
    Judgement health = assess(figures, policy);
    SourceReport& source = fleet.sources.emplace_back();
    source.name = pool->options().name;
    source.pools.push_back({SourceKind::owned, std::move(figures), std::move(health)});
  }
  FamilyWriter families;
  render_pools(fleet, families);
  return families.take();
}

}  // namespace dbpool
