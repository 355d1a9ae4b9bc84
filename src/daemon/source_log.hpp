#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"

namespace dbpool {

/// Logs a failed reading of a source once and then at growing intervals, the first success after it, and each
/// new hint of a reading. Texts that differ only in the number of a line or a byte count as one, because
/// that number may change with each answer of a target. Any thread may call it.
class SourceLog {
 public:
  /// REQUIRES: `logger` outlives this object.
  explicit SourceLog(Logger& logger) : logger_(logger) {}

  /// `problem`: why the reading failed; "" = it succeeded. `hints`: those of a successful reading.
  void read(const std::string& source, const std::string& problem, const std::vector<std::string>& hints);

 private:
  void log_hints(const std::string& source, const std::vector<std::string>& hints);

  Logger& logger_;
  RepeatLimiter failures_;
  Guarded<std::set<std::string>> failing_;
  /// By source, those of its last good reading, without the numbers of lines and bytes.
  Guarded<std::map<std::string, std::set<std::string>>> hints_;
};

}  // namespace dbpool
