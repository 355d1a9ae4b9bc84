#include "exposition/json_health.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
          {"total_capacity", json_of(s.max)},
          {"waiting_requests", json_of(s.waiting)},
          {"errors", json_of(s.errors_recent)},
          {"reasons", std::move(reasons)},
          {"message", health_words(pool.report)},
          {"judged", is_judged(pool.report.health)},
          {"paused", json_of(s.paused)},
          {"probe_only", s.probe_only},
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
    if (!is_down(source)) continue;
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

bool is_bad(const NamedPool& pool) {
  return pool.report.health.status > HealthStatus::healthy;
}

/// Returns a sentence about the whole: the sources that are down, or else the pools that are not well, or
/// else the callers that wait.
std::string overall_words(const FleetSnapshot& fleet, const std::vector<NamedPool>& pools) {
  const std::vector<std::string> down = sources_down(fleet);
  const char* const plural = down.size() == 1 ? "" : "s";
  if (!down.empty()) return fmt::format("{} source{} down: {}", down.size(), plural, fmt::join(down, ", "));
  if (const auto bad = std::ranges::count_if(pools, is_bad); bad > 0)
    return bad == 1 ? "1 pool is not healthy" : fmt::format("{} pools are not healthy", bad);
  const std::uint64_t waiting = total_of<&PoolSnapshot::waiting>(pools).value_or(0);
  if (waiting > 0) return waiting == 1 ? "1 caller waits" : fmt::format("{} callers wait", waiting);
  return std::ranges::any_of(pools, is_healthy) ? "All systems operational" : "No metrics available";
}

}  // namespace

Json health_json(const FleetSnapshot& fleet) {
  const auto named = named_pools(fleet);
  Json pools = Json::array();
  for (const NamedPool& pool : named) pools.push_back(pool_health(pool));
  return {{"overall_status", to_string(worst_status(fleet))},
          {"overall_message", overall_words(fleet, named)},
          {"sources_down", sources_down(fleet)},
          {"pools", std::move(pools)},
          {"total_pools", named.size()},
          {"healthy_pools", std::ranges::count_if(named, is_healthy)},
          {"warnings", warnings_of(fleet, named)}};
}

}  // namespace dbpool
