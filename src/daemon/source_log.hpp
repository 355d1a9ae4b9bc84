#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"

namespace dbpool {

/// Logs when a source cannot be read, once and then at growing intervals, and when it can again; and each
/// hint of a reading when it first appears. Any thread may call it.
class SourceLog {
 public:
  /// `logger` outlives this.
  explicit SourceLog(Logger& logger) : logger_(logger) {}

  /// `problem`: why the reading failed; empty when it went well. `hints`: of a reading that went well.
  void read(const std::string& source, const std::string& problem, const std::vector<std::string>& hints);

 private:
  void log_hints(const std::string& source, const std::vector<std::string>& hints);

  Logger& logger_;
  RepeatLimiter failures_;
  Guarded<std::set<std::string>> failing_;
  Guarded<std::map<std::string, std::set<std::string>>> hints_;  ///< by source, of its last good reading
};

}  // namespace dbpool
