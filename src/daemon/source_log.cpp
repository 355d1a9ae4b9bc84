#include "daemon/source_log.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "model/seconds.hpp"

namespace dbpool {
namespace {

/// Returns the text without the numbers of lines and bytes: `line 7` becomes `line `.
std::string without_places(std::string text) {
  for (const std::string_view before : {"line ", "byte "}) {
    for (auto at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
      at += before.size();
      text.erase(at, std::min(text.find_first_not_of("0123456789", at), text.size()) - at);
    }
  }
  return text;
}

std::map<std::string, std::string> by_text(const std::vector<std::string>& hints) {
  std::map<std::string, std::string> shown;
  for (const std::string& hint : hints) shown.try_emplace(without_places(hint), hint);
  return shown;
}

std::set<std::string> paused_in(const PoolSource::Reading& reading) {
  std::set<std::string> paused;
  for (const PoolSnapshot& pool : reading.pools) {
    if (pool.key.scope() == PoolScope::database && pool.paused == true) paused.insert(pool.key.database());
  }
  return paused;
}

std::int64_t waiting_in(const PoolSource::Reading& reading, const std::string& database) {
  std::uint64_t waiting = 0;
  for (const PoolSnapshot& pool : reading.pools) {
    if (pool.key.database() == database && pool.key.scope() == PoolScope::pool)
      waiting += pool.waiting.value_or(0);
  }
  return static_cast<std::int64_t>(waiting);
}

std::vector<LogField> leak_fields(const std::string& pool, const LeakReport& leak) {
  std::vector<LogField> fields{{"pool", pool},
                               {"connection_id", leak.connection_id},
                               {"lease", static_cast<std::int64_t>(leak.lease)},
                               {"held_duration_seconds", rounded_seconds_of(leak.held)},
                               {"site", leak.site}};
  if (!leak.session) return fields;
  fields.push_back({"pid", leak.session->pid});
  fields.push_back({"application", leak.session->application});
  fields.push_back({"client", leak.session->client});
  fields.push_back({"state", leak.session->state});
  return fields;
}

}  // namespace

void SourceLog::read(const ReadingReport& report) {
  report.reading.up == false ? log_failure(report) : log_success(report);
}

void SourceLog::keep_only(const std::vector<SourceConfig>& sources) {
  std::set<std::string_view> names;
  for (const SourceConfig& source : sources) names.insert(source.probe.name);
  std::erase_if(*known_.access(), [&](const auto& known) { return !names.contains(known.first); });
}

void SourceLog::log_failure(const ReadingReport& report) {
  (*known_.access())[report.source].is_up = false;
  const std::string& problem = report.reading.last_error;
  const auto suppressed =
      failures_.admit(report.source + ' ' + without_places(problem), std::chrono::steady_clock::now());
  if (!suppressed) return;
  logger_.log(LogLevel::warn, "source", "source cannot be read",
              {{"source", report.source},
               {"error", problem},
               {"suppressed", static_cast<std::int64_t>(*suppressed)}});
}

void SourceLog::log_success(const ReadingReport& report) {
  Known now{.is_up = true, .hints = {}, .paused = paused_in(report.reading), .suspects = {}};
  for (const auto& [text, hint] : by_text(report.reading.hints)) now.hints.insert(text);
  for (const auto& [pool, leaks] : report.leaks) {
    for (const LeakReport& leak : leaks) now.suspects.emplace(std::pair(pool, leak.lease), leak);
  }
  const Known before = std::exchange((*known_.access())[report.source], now);
  if (!before.is_up) {
    logger_.log(LogLevel::info, "source", "source read",
                {{"source", report.source},
                 {"kind", std::string(to_string(report.kind))},
                 {"pools", static_cast<std::int64_t>(report.reading.pools.size())}});
  }
  log_hints(report, before.hints);
  log_pauses(report, before.paused);
  log_leaks(before.suspects, now.suspects);
}

/// Logs a lasting hint once, and one that comes and goes at growing intervals.
void SourceLog::log_hints(const ReadingReport& report, const Texts& before) {
  for (const auto& [text, hint] : by_text(report.reading.hints)) {
    if (before.contains(text)) continue;
    const auto suppressed = failures_.admit(report.source + ' ' + text, std::chrono::steady_clock::now());
    if (!suppressed) continue;
    logger_.log(
        LogLevel::warn, "source", "source can be read, but not all that is configured",
        {{"source", report.source}, {"hint", hint}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
  }
}

void SourceLog::log_pauses(const ReadingReport& report, const Texts& before) {
  const Texts now = paused_in(report.reading);
  const auto log = [&](LogLevel level, std::string_view message, const std::string& database) {
    logger_.log(level, "source", message,
                {{"source", report.source},
                 {"database", database},
                 {"waiting", waiting_in(report.reading, database)}});
  };
  for (const std::string& database : now) {
    if (!before.contains(database)) log(LogLevel::warn, "pooler paused", database);
  }
  for (const std::string& database : before) {
    if (!now.contains(database)) log(LogLevel::info, "pooler resumed", database);
  }
}

void SourceLog::log_leaks(const Suspects& before, const Suspects& now) {
  for (const auto& [place, leak] : now) {
    if (before.contains(place)) continue;
    logger_.log(LogLevel::warn, "source", "potential connection leak detected",
                leak_fields(place.first, leak));
  }
  for (const auto& [place, leak] : before) {
    if (now.contains(place)) continue;
    logger_.log(LogLevel::info, "source", "leaked connection returned", leak_fields(place.first, leak));
  }
}

void log_probe_only(Logger& logger, const PoolKey& pool) {
  logger.log(LogLevel::warn, "source", "synthetic measures its own pool only (probe only)",
             {{"source", pool.source()},
              {"pool", pool.label()},
              {"hint", std::string("no other client was seen in this pool; a pool of PgBouncer is one "
                                   "database and user: log in as the application's user")}});
}

}  // namespace dbpool
