#include "exposition/json_health.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exposition/health_words.hpp"
#include "exposition/named_pools.hpp"

namespace dbpool {
namespace {

/// Returns the time of the figures that were judged.
std::optional<WallTime> last_check(const NamedPool& pool) {
  const auto& checked = pool.figures().last_health_check;
  return checked ? checked : pool.source.reading.last_success;
}

/// Returns false if no threshold applies to a known figure, null if there is no judgement.
Json is_judged(const Judgement& health) {
  if (health.nothing_applies) return false;
  return health.status == HealthStatus::unknown ? Json(nullptr) : Json(true);
}

/// Returns null for an entry that has no diagnosis.
Json verdict_json(const PoolReport& pool) {
  return pool.diagnosis == nullptr ? Json(nullptr) : Json(to_string(pool.diagnosis->verdict));
}

Json pool_health(const NamedPool& pool) {
  const PoolSnapshot& s = pool.figures();
  Json reasons = Json::array();
  for (const Finding& finding : pool.report.health.findings) reasons.push_back(to_string(finding.reason));
  return {{"name", pool.name()},
          {"status", to_string(pool.report.health.status)},
          {"utilization", json_utilization(s)},
          {"pool_size", json_of(s.idle)},
          {"active_connections", json_of(s.active)},
          {"errors", json_of(s.errors_recent)},
          {"reasons", std::move(reasons)},
          {"message", health_words(pool.report)},
          {"judged", is_judged(pool.report.health)},
          {"verdict", verdict_json(pool.report)},
          {"source_status", json_of(s.source_status)},
          {"response_time_ms", json_milliseconds(s.response_time)},
          {"last_check", json_of(last_check(pool))}};
}

/// Returns whether a pool needs no warning: it is healthy, or no threshold applies and no caller waits.
bool is_quiet(const PoolReport& pool) {
  if (pool.health.nothing_applies) return pool.figures.waiting.value_or(0) == 0;
  return pool.health.status == HealthStatus::healthy;
}

/// Returns a sentence for each source that cannot be read and for each pool that needs a warning.
Json warnings_of(const FleetSnapshot& fleet, const std::vector<NamedPool>& pools) {
  Json warnings = Json::array();
  for (const SourceReport& source : fleet.sources) {
    if (source.kind == SourceKind::owned || source.reading.up != false) continue;
    warnings.push_back(fmt::format("Source {} cannot be read: {}", source.name, source.reading.last_error));
  }
  for (const NamedPool& pool : pools) {
    if (is_quiet(pool.report)) continue;
    warnings.push_back(fmt::format("Pool {} is {}: {}", pool.name(), to_string(pool.report.health.status),
                                   health_words(pool.report)));
  }
  return warnings;
}

bool is_healthy(const NamedPool& pool) {
  return pool.report.health.status == HealthStatus::healthy;
}

}  // namespace

Json health_json(const FleetSnapshot& fleet) {
  const auto named = named_pools(fleet);
  Json pools = Json::array();
  for (const NamedPool& pool : named) pools.push_back(pool_health(pool));
  return {{"overall_status", to_string(worst_status(fleet))},
          {"pools", std::move(pools)},
          {"total_pools", named.size()},
          {"healthy_pools", std::ranges::count_if(named, is_healthy)},
          {"warnings", warnings_of(fleet, named)}};
}

}  // namespace dbpool
