#pragma once

#include <set>
#include <string>

#include "dbpool/sync/guarded.hpp"
#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"

namespace dbpool {

/// Tells the log when a source cannot be read, once and then at growing intervals, and when it can again. Any
/// thread may call it.
class SourceLog {
 public:
  /// `logger` outlives this.
  explicit SourceLog(Logger& logger) : logger_(logger) {}

  /// `problem`: why the reading failed; empty when it went well.
  void read(const std::string& source, const std::string& problem);

 private:
  Logger& logger_;
  RepeatLimiter failures_;
  Guarded<std::set<std::string>> failing_;
};

}  // namespace dbpool
