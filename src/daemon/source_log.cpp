#include "daemon/source_log.hpp"

#include <chrono>

namespace dbpool {

void SourceLog::read(const std::string& source, const std::string& problem) {
  if (problem.empty()) {
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

}  // namespace dbpool
