#include "exposition/json_stats.hpp"

#include <algorithm>
#include <cmath>

#include "exposition/last_error.hpp"
#include "health/lifecycle.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

/// Returns the connections closed for their lifetime or their idle time.
PoolSnapshot::Count recycled(const PoolSnapshot& s) {
  return total(
      std::array{s.closed[index_of(CloseReason::max_lifetime)], s.closed[index_of(CloseReason::idle)]});
}

std::optional<double> average(const std::shared_ptr<const Histogram>& durations) {
  if (!durations) return std::nullopt;
  const auto count = durations->count();
  return count == 0 ? 0 : durations->sum_seconds() / static_cast<double>(count);
}

/// Returns the counters of Ombudsman's document.
Json counters(const PoolSnapshot& s) {
  return {{"created", json_of(s.created)},         {"reused", json_of(s.reused)},
          {"closed", json_of(closed_in_all(s))},   {"errors", json_of(total(s.errors))},
          {"stale_cleaned", json_of(recycled(s))}, {"health_checks", json_of(s.health_checks)}};
}

void add_codebase_mcp(Json& into, const PoolSnapshot& s) {
  const auto error = last_error(s);
  into["total_connections"] = json_of(s.total());
  into["idle_connections"] = json_of(s.idle);
  into["active_connections"] = json_of(s.active);
  into["waiting_requests"] = json_of(s.waiting);
  into["avg_acquisition_time_ms"] = json_milliseconds(average(s.acquisition_duration));
  into["peak_active_connections"] = json_of(s.active_peak);
  into["peak_wait_time_ms"] = json_milliseconds(s.wait_peak);
  into["total_acquisitions"] = json_of(s.acquisitions);
  into["total_releases"] = json_of(s.releases);
  into["pool_created_at"] = json_of(s.created_at);
  into["last_health_check"] = json_of(s.last_health_check);
  into["last_error"] = error ? Json(error->text) : Json(nullptr);
  into["last_error_time"] = error ? Json(rfc3339(error->time)) : Json(nullptr);
}

void add_eros(Json& into, const PoolSnapshot& s) {
  into["configured_size"] = json_of(s.configured);
  into["max_overflow"] =
      s.max && s.max >= s.configured && s.configured ? Json(*s.max - *s.configured) : nullptr;
  into["available"] = json_of(s.idle);
  into["overflow_in_use"] = json_of(s.overflow);
  into["connections_created"] = json_of(s.created);
  into["connections_recycled"] = json_of(recycled(s));
  into["connections_failed"] = json_of(s.connect_failures);
  into["health_check_failures"] = json_of(s.health_check_failures);
  into["connection_max_age"] = json_seconds(s.max_age);
}

/// Returns quantiles in seconds, rounded to the nanosecond.
Json quantiles(const std::shared_ptr<const Histogram>& durations) {
  const auto quantile = [&](double q) -> Json {
    if (!durations || durations->count() == 0) return nullptr;
    return std::round(durations->quantile(q) * 1e9) / 1e9;
  };
  return {{"p50", quantile(0.50)}, {"p95", quantile(0.95)}, {"p99", quantile(0.99)}};
}

/// Returns the age of the figures; 0 for an owned source, which is read at the request.
std::optional<double> age_seconds(const SourceReport& source, TimePoint now) {
  if (source.kind == SourceKind::owned) return 0;
  if (!source.reading.last_success_at) return std::nullopt;
  return rounded_seconds_of(std::max(now - *source.reading.last_success_at, Duration::zero()));
}

/// Returns whether the only client of a pooler's pool seems to be that of `synthetic`, which alone measures
/// the acquisitions of such a pool; null = not known.
Json probe_only(const NamedPool& pool) {
  const PoolSnapshot& s = pool.figures();
  const bool is_pooler = pool.source.kind == SourceKind::pgbouncer || pool.source.kind == SourceKind::pgpool;
  if (!is_pooler || !s.acquisition_duration) return false;
  const auto clients = plus(s.clients_active, s.clients_waiting);
  return clients ? Json(*clients <= 1) : Json(nullptr);
}

/// Adds the fields that none of the documents has; the status page shows them.
void add_ours(Json& into, const NamedPool& pool, TimePoint now) {
  const PoolSnapshot& s = pool.figures();
  const auto lifecycle = [&](PoolPhase phase) {
    return lifecycle_state_names[index_of(lifecycle_state(phase, pool.report.health.status))];
  };
  into["source"] = pool.source.name;
  into["kind"] = to_string(pool.source.kind);
  into["driver"] = json_of(s.info.driver);
  into["database"] = json_of(s.info.database);
  into["labels"] = s.info.labels;
  into["lifecycle"] = s.phase ? Json(lifecycle(*s.phase)) : Json(nullptr);
  into["clients_used"] = json_of(s.clients_used);
  into["clients_max"] = json_of(s.clients_max);
  into["leaked"] = json_of(s.leaked);
  into["oldest_waiter_seconds"] = json_of(s.oldest_waiter);
  into["acquisition_seconds"] = quantiles(s.acquisition_duration);
  into["acquisition_seconds_5m"] = quantiles(pool.report.recent_acquisitions);
  into["paused"] = json_of(s.paused);
  into["disabled"] = json_of(s.disabled);
  into["probe_only"] = probe_only(pool);
  into["counted_in_target"] = pool.counted_in_target;
  into["last_read_age_seconds"] = json_of(age_seconds(pool.source, now));
}

Json pool_json(const NamedPool& pool, TimePoint now) {
  const PoolSnapshot& s = pool.figures();
  Json statistics = Json::object();
  add_codebase_mcp(statistics, s);
  add_eros(statistics, s);
  Json json{{"name", pool.name()},
            {"pool_size", json_of(s.idle)},
            {"active_connections", json_of(s.active)},
            {"total_capacity", json_of(s.max)},
            {"min_size", json_of(s.min)},
            {"statistics", counters(s)},
            {"utilization", json_utilization(s)},
            {"pool_statistics", std::move(statistics)}};
  add_ours(json, pool, now);
  return json;
}

/// Adds the error of a probed source's last reading, or the last one of an owned source's only pool with its
/// time. The former is gone once a reading succeeds.
void add_error(Json& into, const SourceReport& source) {
  const bool has_pool = source.kind == SourceKind::owned && !source.pools.empty();
  const auto of_pool = has_pool ? last_error(source.pools.front().figures) : std::nullopt;
  into["last_error"] = has_pool ? Json(nullptr) : json_of(source.reading.last_error);
  into["last_error_time"] = nullptr;
  if (!of_pool) return;
  into["last_error"] = of_pool->text;
  into["last_error_time"] = rfc3339(of_pool->time);
}

/// Returns what senders have pushed; null for a source that is read.
Json pushed_json(const std::optional<PushCounts>& pushed) {
  if (!pushed) return nullptr;
  Json rejected = Json::object();
  for (std::size_t i = 0; i < reject_reason_names.size(); ++i)
    rejected[std::string(reject_reason_names[i])] = pushed->rejected[i];
  return {{"senders", pushed->senders},
          {"used", pushed->used},
          {"rejected", std::move(rejected)},
          {"lost", json_of(pushed->lost)}};
}

Json source_json(const SourceReport& source, TimePoint now) {
  Json json{{"name", source.name},
            {"kind", to_string(source.kind)},
            {"up", json_of(source.reading.up)},
            {"pools", source.pools.size()},
            {"last_success_age_seconds", json_of(age_seconds(source, now))},
            {"hints", source.reading.hints},
            {"pushed", pushed_json(source.reading.pushed)}};
  add_error(json, source);
  return json;
}

Json connection_json(const ConnectionSnapshot& c) {
  return {{"id", c.id},
          {"state", c.state},
          {"created_at", rfc3339(c.created_at)},
          {"last_used", json_of(c.last_used)},
          {"times_used", c.times_used},
          {"age_seconds", rounded_seconds_of(c.age)}};
}

}  // namespace

Json stats_json(const FleetSnapshot& fleet) {
  const auto named = named_pools(fleet);
  Json::object_t pools;
  // The names are unique, so none needs a lookup.
  for (const NamedPool& pool : named) pools.emplace_back(pool.name(), pool_json(pool, fleet.at));
  Json sources = Json::array();
  for (const SourceReport& source : fleet.sources) sources.push_back(source_json(source, fleet.at));
  return {{"status", "success"},
          {"pools", std::move(pools)},
          {"total_pools", named.size()},
          {"sources", std::move(sources)}};
}

Json pool_stats_json(const NamedPool& pool, TimePoint now, const std::optional<Connections>& connections) {
  Json list = nullptr;
  if (connections) {
    list = Json::array();
    for (const ConnectionSnapshot& connection : *connections) list.push_back(connection_json(connection));
  }
  return {{"status", "success"}, {"pool", pool_json(pool, now)}, {"connections", std::move(list)}};
}

}  // namespace dbpool
