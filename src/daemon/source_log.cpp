#include "daemon/source_log.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace dbpool {

void SourceLog::read(const std::string& source, const std::string& problem,
                     const std::vector<std::string>& hints) {
  if (problem.empty()) {
    log_hints(source, hints);
    if (failing_.access()->erase(source) == 0) return;
    logger_.log(LogLevel::info, "source", "source can be read again", {{"source", source}});
    return;
  }
  failing_.access()->insert(source);
  const auto suppressed = failures_.admit(source + ' ' + problem, std::chrono::steady_clock::now());
  if (!suppressed) return;
  logger_.log(
      LogLevel::warn, "source", "source cannot be read",
      {{"source", source}, {"error", problem}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
}

/// Logs a lasting hint once, and one that comes and goes at growing intervals.
void SourceLog::log_hints(const std::string& source, const std::vector<std::string>& hints) {
  std::set<std::string> now(hints.begin(), hints.end());
  std::set<std::string> before;
  {
    const auto known = hints_.access();
    before = std::exchange((*known)[source], now);
    if (now.empty()) known->erase(source);
  }
  for (const std::string& hint : now) {
    if (before.contains(hint)) continue;
    const std::string key = fmt::format("{} {}", source, hint);
    const auto suppressed = failures_.admit(key, std::chrono::steady_clock::now());
    if (!suppressed) continue;
    logger_.log(LogLevel::warn, "source", "source can be read, but not all that is configured",
                {{"source", source}, {"hint", hint}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
  }
}

}  // namespace dbpool
