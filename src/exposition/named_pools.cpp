#include "exposition/named_pools.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "model/utf8.hpp"

namespace dbpool {

std::vector<NamedPool> named_pools(const FleetSnapshot& fleet) {
  std::vector<NamedPool> pools;
  std::set<std::string> names;
  for (const SourceReport& source : fleet.sources) {
    for (const PoolReport& report : source.pools) {
      std::string name = valid_utf8(report.figures.pool);
      if (names.insert(name).second) pools.push_back({std::move(name), report, source});
    }
  }
  return pools;
}

FleetSnapshot only_pool(const FleetSnapshot& fleet, const std::string& name) {
  FleetSnapshot one{fleet.time, fleet.uptime_seconds, {}, fleet.exporter, fleet.at};
  for (const auto& pool : named_pools(fleet)) {
    if (pool.name != name) continue;
    one.sources.push_back({pool.source.name, pool.source.kind, pool.source.reading, {pool.report}});
  }
  return one;
}

HealthStatus worst_status(const FleetSnapshot& fleet) {
  HealthStatus worst = HealthStatus::unknown;
  for (const SourceReport& source : fleet.sources) {
    for (const PoolReport& pool : source.pools) worst = std::max(worst, pool.health.status);
  }
  return worst;
}

}  // namespace dbpool
