#include "exposition/health_words.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace dbpool {
namespace {

constexpr const char* not_judged = "Not judged: no threshold applies to what is known";
constexpr const char* no_metrics = "No metrics available";
constexpr const char* none_healthy = "No healthy connections available";
constexpr const char* deserted = "No clients and no server connections: nothing is known of the database";

std::string count(const PoolSnapshot::Count& value) {
  return value ? std::to_string(*value) : "?";
}

/// Writes a duration as the Snowflake document does, and one from 10 s on as people say it.
std::string time_words(double seconds) {
  constexpr double long_wait = 10, one_minute = 60;
  if (seconds < long_wait) return fmt::format("{:.0f}ms", seconds * 1000);
  const double whole = std::round(seconds);
  if (whole < one_minute) return fmt::format("{:.0f} s", whole);
  return fmt::format("{:.0f} min {:.0f} s", std::floor(whole / one_minute), std::fmod(whole, one_minute));
}

std::string utilization(const Finding& finding, const JudgedFigures& f) {
  if (!(f.active && f.capacity) && f.utilization)
    return fmt::format("High utilization: {:.0f}%", finding.value * 100);
  return fmt::format("High utilization: {} of {} connections active{}", count(f.active), count(f.capacity),
                     f.without_overflow ? ", without overflow" : "");
}

std::string exhausted(const JudgedFigures& f) {
  const std::string used = f.active && f.max ? fmt::format("{} of {} connections active", *f.active, *f.max)
                           : f.utilization   ? fmt::format("{:.0f}% in use", *f.utilization * 100)
                                           : fmt::format("{} of {} connections open, {} idle", count(f.total),
                                                         count(f.max), count(f.idle));
  return fmt::format("Pool exhausted: {}, {} requests waiting{}", used, count(f.waiting),
                     f.limited_by.empty() ? "" : fmt::format(", {} is used up", f.limited_by));
}

std::string clients(const Finding& finding, const JudgedFigures& f) {
  const bool full = finding.tier == HealthStatus::unhealthy;
  return fmt::format("Pooler {}: {} of {} clients", full ? "full" : "nearly full", count(f.clients_used),
                     count(f.clients_max));
}

/// Returns the words for a pool that its pooler has paused or disabled; "" = neither, or not known.
std::string held_back(const PoolSnapshot& s) {
  if (s.paused.value_or(false)) return "paused";
  return s.disabled.value_or(false) ? "paused (disabled in the pooler)" : "";
}

/// Describes why a pool has no connection, as far as that is known.
std::string without_connections(const JudgedFigures& f) {
  if (!f.failed_login.empty())
    return fmt::format("{}: the pooler cannot log in to the database: {}", none_healthy, f.failed_login);
  return f.may_be_paused ? fmt::format("{}: paused, or no server can be opened", none_healthy) : none_healthy;
}

/// Describes a finding by what was judged: the present figures may be fine again while the status is held.
std::string words(const Finding& finding, const JudgedFigures& f) {
  switch (finding.reason) {
    case HealthReason::utilization:
      return utilization(finding, f);
    case HealthReason::saturation:
      return exhausted(f);
    case HealthReason::idle_ratio:
      return fmt::format("Low idle capacity: {} of {} connections idle", count(f.idle), count(f.total));
    case HealthReason::errors:
      return fmt::format("Recent errors: {:.0f}", finding.value);
    case HealthReason::peak_wait:
      return fmt::format("High wait time: {}", time_words(finding.value));
    case HealthReason::response:
      return fmt::format("High response time: {}", time_words(finding.value));
    case HealthReason::healthy_ratio:
      if (finding.tier == HealthStatus::unhealthy) return none_healthy;
      return fmt::format("Only {}/{} connections healthy", count(f.healthy), count(f.total));
    case HealthReason::leaks:
      return fmt::format("Potential connection leak: {:.0f} held for too long", finding.value);
    case HealthReason::no_connections:
      return without_connections(f);
    case HealthReason::clients:
      return clients(finding, f);
    case HealthReason::paused:
      return fmt::format("Clients wait for a paused pool: {}", count(f.waiting));
  }
  return "";
}

/// Describes a pool without findings. Does not report that all is well while callers wait.
std::string words_without_findings(const PoolReport& pool) {
  const std::uint64_t waiting = pool.figures.waiting.value_or(0);
  const std::string callers = waiting == 1 ? "1 caller waits" : fmt::format("{} callers wait", waiting);
  if (pool.health.nothing_applies) return waiting == 0 ? not_judged : not_judged + ("; " + callers);
  if (pool.health.status == HealthStatus::unknown && is_deserted(pool.figures)) return deserted;
  if (pool.health.status == HealthStatus::unknown)
    return waiting == 0 ? no_metrics : no_metrics + ("; " + callers);
  return waiting == 0 ? "All systems operational" : callers + "; no threshold is crossed";
}

/// Returns the words for the time until which a held judgement was true; "" = it is the present one.
std::string until(const PoolReport& pool) {
  if (!pool.held_since) return "";
  const auto second = std::chrono::floor<std::chrono::seconds>(*pool.held_since);
  return fmt::format(" (until {:%T} UTC)", fmt::gmtime(std::chrono::system_clock::to_time_t(second)));
}

std::string words_for_findings(const PoolReport& pool, std::string pause) {
  auto findings = pool.health.findings;
  std::ranges::stable_sort(findings, std::greater(), &Finding::tier);
  std::vector<std::string> said;
  if (!pause.empty()) said.push_back(std::move(pause));
  for (const Finding& finding : findings) {
    std::string part = words(finding, pool.health.figures);
    if (std::ranges::find(said, part) == said.end()) said.push_back(std::move(part));
  }
  return fmt::format("{}{}", fmt::join(said, "; "), until(pool));
}

}  // namespace

std::string health_words(const PoolReport& pool) {
  std::string pause = held_back(pool.figures);
  if (!pause.empty() && pool.health.findings.empty()) return pause;
  const HealthStatus status = pool.health.status;
  const bool has_findings = status == HealthStatus::degraded || status == HealthStatus::unhealthy;
  if (!has_findings || pool.health.nothing_applies) return words_without_findings(pool);
  return words_for_findings(pool, std::move(pause));
}

}  // namespace dbpool
