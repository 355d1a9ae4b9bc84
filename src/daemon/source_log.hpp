#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "dbpool/model/pool_key.hpp"
#include "dbpool/sync/guarded.hpp"
#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"
#include "sources/reading_report.hpp"

namespace dbpool {

/// Logs what the readings of a source show: the first success and the first after a failure, a failed reading
/// once and then at growing intervals, each new hint, databases that a pooler pauses and resumes, and
/// sessions that a server reports as suspected leaks. Texts that differ only in the number of a line or a
/// byte count as one, because that number may change with each answer of a target. Any thread may call it.
class SourceLog {
 public:
  /// REQUIRES: `logger` outlives this object.
  explicit SourceLog(Logger& logger) : logger_(logger) {}

  void read(const ReadingReport& report);
  /// Forgets all sources but these.
  void keep_only(const std::vector<SourceConfig>& sources);
  /// Forgets what is known of a source that is read no more.
  void forget(const std::string& source) { known_.access()->erase(source); }

 private:
  using Texts = std::set<std::string>;
  /// The suspected leaks by pool and lease.
  using Suspects = std::map<std::pair<std::string, std::uint64_t>, LeakReport>;
  /// What is known of a source from earlier readings.
  struct Known {
    bool is_up = false;  ///< the last reading succeeded
    Texts hints;         ///< of the last good reading, without the numbers of lines and bytes
    Texts paused;        ///< databases
    Suspects suspects;
  };

  void log_failure(const ReadingReport& report);
  void log_success(const ReadingReport& report);
  void log_hints(const ReadingReport& report, const Texts& before);
  void log_pauses(const ReadingReport& report, const Texts& before);
  void log_leaks(const Suspects& before, const Suspects& now);

  Logger& logger_;
  RepeatLimiter failures_;
  Guarded<std::map<std::string, Known>> known_;  ///< by source
};

/// Logs that the client of a pooler's `synthetic` is the only one in its pool.
void log_probe_only(Logger& logger, const PoolKey& pool);

}  // namespace dbpool
