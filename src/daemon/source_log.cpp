#include "daemon/source_log.hpp"

#include <algorithm>
#include <chrono>
#include <ranges>
#include <string_view>
#include <utility>

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

}  // namespace

void SourceLog::read(const std::string& source, const std::string& problem,
                     const std::vector<std::string>& hints) {
  if (problem.empty()) {
    log_hints(source, hints);
    if (failing_.access()->erase(source) == 0) return;
    logger_.log(LogLevel::info, "source", "source can be read again", {{"source", source}});
    return;
  }
  failing_.access()->insert(source);
  const auto suppressed =
      failures_.admit(source + ' ' + without_places(problem), std::chrono::steady_clock::now());
  if (!suppressed) return;
  logger_.log(
      LogLevel::warn, "source", "source cannot be read",
      {{"source", source}, {"error", problem}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
}

/// Logs a lasting hint once, and one that comes and goes at growing intervals.
void SourceLog::log_hints(const std::string& source, const std::vector<std::string>& hints) {
  std::map<std::string, std::string> shown;  // by the text without places
  for (const std::string& hint : hints) shown.try_emplace(without_places(hint), hint);
  const auto texts = shown | std::views::keys;
  const std::set<std::string> now(texts.begin(), texts.end());
  std::set<std::string> before;
  {
    const auto known = hints_.access();
    before = std::exchange((*known)[source], now);
    if (now.empty()) known->erase(source);
  }
  for (const auto& [text, hint] : shown) {
    if (before.contains(text)) continue;
    std::string key = source;
    key.append(" ").append(text);
    const auto suppressed = failures_.admit(key, std::chrono::steady_clock::now());
    if (!suppressed) continue;
    logger_.log(LogLevel::warn, "source", "source can be read, but not all that is configured",
                {{"source", source}, {"hint", hint}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
  }
}

}  // namespace dbpool
