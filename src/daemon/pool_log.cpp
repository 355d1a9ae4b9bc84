#include "daemon/pool_log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "exposition/health_words.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

/// Returns milliseconds, rounded to the microsecond.
double milliseconds(Duration d) {
  return static_cast<double>(std::chrono::round<std::chrono::microseconds>(d).count()) / 1000;
}

/// Returns the level of a change: warn for a pool that is not healthy, and debug for a probed pool that
/// appears or vanishes, which is routine.
LogLevel level_of(const HealthChange& change) {
  if (change.to.status > HealthStatus::healthy) return LogLevel::warn;
  const bool appears = change.from == HealthStatus::unknown,
             vanishes = change.to.status == HealthStatus::unknown;
  const bool is_probed = change.kind != SourceKind::owned;
  return is_probed && (appears || vanishes) ? LogLevel::debug : LogLevel::info;
}

}  // namespace

void PoolLog::notify(const std::string& pool, const PoolNotice& what) noexcept {
  std::visit([&](const auto& n) { tell(pool, n); }, what);
}

void PoolLog::log(LogLevel level, const std::string& pool, std::string_view message,
                  std::vector<LogField> fields) {
  fields.insert(fields.begin(), {"pool", pool});
  logger_.log(level, "pool", message, fields);
}

void PoolLog::tell(const std::string& pool, const notice::Initialized& n) {
  log(LogLevel::info, pool, "connection pool initialized",
      {{"min_size", std::int64_t{min_size_}},
       {"max_size", std::int64_t{max_size_}},
       {"connections", std::int64_t{n.connections}},
       {"duration_ms", milliseconds(n.took)}});
}

void PoolLog::tell(const std::string& pool, const notice::ConnectionLost& n) {
  log(LogLevel::warn, pool, "database connection lost", {{"error", n.error}});
}

void PoolLog::tell(const std::string& pool, const notice::ReconnectAttempt& n) {
  log(LogLevel::info, pool, "reconnection attempt",
      {{"attempt", std::int64_t{n.attempt}}, {"delay_s", rounded_seconds_of(n.delay)}});
}

void PoolLog::tell(const std::string& pool, const notice::Recovered& n) {
  log(LogLevel::info, pool, "connection pool recovered",
      {{"connections", std::int64_t{n.connections}},
       {"max_size", std::int64_t{max_size_}},
       {"outage_s", rounded_seconds_of(n.outage)}});
}

void PoolLog::tell(const std::string& pool, const notice::ConnectionEnded& n) {
  log(LogLevel::debug, pool, "idle connection ended", {{"error", n.error}});
}

void PoolLog::tell(const std::string& pool, const notice::Failure& n) {
  const std::string type(to_string(n.kind));
  const auto suppressed = failures_.admit(type + ' ' + n.error, std::chrono::steady_clock::now());
  if (!suppressed) return;
  log(LogLevel::warn, pool, "database error",
      {{"error_type", type}, {"error", n.error}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
}

void PoolLog::tell(const std::string& pool, const notice::LeakSuspected& n) {
  std::vector<LogField> fields{{"connection_id", n.leak.connection_id},
                               {"lease", static_cast<std::int64_t>(n.leak.lease)},
                               {"held_duration_seconds", rounded_seconds_of(n.leak.held)},
                               {"site", n.leak.site}};
  if (!n.leak.stack.empty())
    fields.push_back({"stack_trace", fmt::format("{}", fmt::join(n.leak.stack, " <- "))});
  log(LogLevel::warn, pool, "potential connection leak detected", std::move(fields));
}

void PoolLog::tell(const std::string& pool, const notice::LeakReturned& n) {
  log(LogLevel::info, pool, "leaked connection returned",
      {{"connection_id", n.leak.connection_id},
       {"lease", static_cast<std::int64_t>(n.leak.lease)},
       {"held_duration_seconds", rounded_seconds_of(n.leak.held)}});
}

void PoolLog::tell(const std::string& pool, const notice::PhaseChanged& n) {
  if (n.to == PoolPhase::terminated) log(LogLevel::info, pool, "connection pool terminated", {});
  on_phase_change_(pool);
}

void PoolLog::tell(const std::string& pool, const notice::Closed& n) {
  log(LogLevel::info, pool, "connections closed by request",
      {{"closed_idle", std::int64_t{n.closed_idle}}, {"closing_active", std::int64_t{n.closing_active}}});
}

void log_health_change(Logger& logger, const HealthChange& change) {
  std::vector<std::string_view> reasons;
  for (const auto& finding : change.to.findings) reasons.push_back(to_string(finding.reason));
  logger.log(level_of(change), "health", "health changed",
             {{"source", change.source},
              {"pool", change.pool},
              {"from", std::string(to_string(change.from))},
              {"to", std::string(to_string(change.to.status))},
              {"reasons", fmt::format("{}", fmt::join(reasons, ","))},
              {"message", health_words({change.kind, change.figures, change.to})}});
}

}  // namespace dbpool
