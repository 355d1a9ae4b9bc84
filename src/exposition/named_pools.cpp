#include "exposition/named_pools.hpp"

#include <algorithm>
#include <set>

namespace dbpool {
namespace {

bool is_of_target(const PoolReport& pool) {
  return pool.figures.key.scope() == PoolScope::target;
}

bool has_whole(const SourceReport& source) {
  return std::ranges::any_of(
      source.pools, [](const PoolReport& pool) { return is_of_target(pool) && pool.figures.total(); });
}

bool shows_sessions(const SourceReport& source) {
  return source.kind == SourceKind::pg_stat_activity;
}

/// Returns whether a source that is no server knows connections, which a server then shows once more.
bool has_connections_before_servers(const FleetSnapshot& fleet) {
  return std::ranges::any_of(fleet.sources, [](const SourceReport& source) {
    const auto knows = [](const PoolReport& pool) { return pool.figures.total().has_value(); };
    return !shows_sessions(source) && std::ranges::any_of(source.pools, knows);
  });
}

}  // namespace

std::vector<NamedPool> named_pools(const FleetSnapshot& fleet) {
  std::vector<NamedPool> pools;
  std::set<std::string_view> names;
  const bool are_before_servers = has_connections_before_servers(fleet);
  for (const SourceReport& source : fleet.sources) {
    const bool are_parts = has_whole(source);
    const bool are_sessions = are_before_servers && shows_sessions(source);
    for (const PoolReport& report : source.pools) {
      if (!names.insert(report.figures.label()).second) continue;
      pools.push_back({report, source, are_parts && !is_of_target(report), are_sessions});
    }
  }
  return pools;
}

const NamedPool* find_pool(const std::vector<NamedPool>& pools, std::string_view name) {
  const auto found = std::ranges::find(pools, name, &NamedPool::name);
  return found == pools.end() ? nullptr : &*found;
}

FleetSnapshot only_pool(const FleetSnapshot& fleet, const std::string& name) {
  FleetSnapshot one{fleet.time, fleet.uptime_seconds, {}, fleet.exporter, fleet.at};
  for (const auto& pool : named_pools(fleet)) {
    if (pool.name() != name) continue;
    one.sources.push_back(
        {pool.source.name, pool.source.kind, pool.source.reading, {pool.report}, pool.source.info});
  }
  return one;
}

bool is_down(const SourceReport& source) {
  return source.kind != SourceKind::owned && source.reading.up == false;
}

std::vector<std::string> sources_down(const FleetSnapshot& fleet) {
  std::vector<std::string> names;
  for (const SourceReport& source : fleet.sources) {
    if (is_down(source)) names.push_back(source.name);
  }
  return names;
}

HealthStatus worst_status(const FleetSnapshot& fleet) {
  HealthStatus worst = HealthStatus::unknown;
  for (const SourceReport& source : fleet.sources) {
    if (is_down(source)) worst = HealthStatus::unhealthy;
    for (const PoolReport& pool : source.pools) worst = std::max(worst, pool.health.status);
  }
  return worst;
}

}  // namespace dbpool
