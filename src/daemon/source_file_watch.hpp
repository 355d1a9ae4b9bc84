#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/join_sources.hpp"
#include "dbpool/sync/clock.hpp"
#include "dbpool/sync/guarded.hpp"
#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"
#include "net/expendable_threads.hpp"

namespace dbpool {

/// Follows the source files: what was read last, and what of it is in force. Reads them on a few expendable
/// threads, because a file system may not answer.
///
/// Locking: none; the caller makes one call at a time. Any thread may call `are_good`.
class SourceFileWatch {
 public:
  using Patterns = std::vector<std::string>;
  /// Reads all files; see `read_source_files`. Runs on an expendable thread, and may block.
  using Read = std::function<SourceFiles(const Patterns& patterns, const SourceFiles& before)>;
  /// One reading of all files. Readings with a higher turn began later.
  struct Reading {
    std::uint64_t turn = 0;
    std::shared_ptr<const SourceFiles> files;
  };

  /// `patience`: how long `load` waits for the file system. REQUIRES: `logger` outlives this object.
  SourceFileWatch(Read read, Logger& logger, Duration patience = std::chrono::seconds(5));

  /// Reads the files of the main file's patterns and joins them. If they are not read in time, those that are
  /// in force stay. throws ConfigError as `join_sources` does; then nothing has changed.
  JoinedConfig load(const MainFile& main);

  /// Begins to read the files and passes the reading to `done`, on another thread. If the last such reading
  /// has not ended, reports all files as not read instead, on this thread. Does not block.
  void look(const Patterns& patterns, const std::function<void(Reading)>& done);
  /// Joins what `look` has read; nullopt = nothing has changed, or a later reading has begun. throws
  /// ConfigError.
  std::optional<JoinedConfig> changed(const MainFile& main, const Reading& reading);

  /// Takes note that what was joined last is in force, and logs the differences. Returns the warnings about
  /// files that were not in force before.
  std::vector<std::string> put_in_force(JoinedFiles files);

  /// Returns for each file, by its full path, whether its present version is in force.
  std::map<std::string, bool> are_good() const { return *good_.access(); }

 private:
  Reading read_now(const Patterns& patterns);
  bool begin(const Patterns& patterns, std::function<void(Reading)> done);
  Reading not_read(const Patterns& patterns) const;
  void log_problems();

  const Read read_;
  Logger& logger_;
  const Duration patience_;
  RepeatLimiter failures_;
  std::uint64_t turn_ = 0;         ///< of the last reading that has begun
  std::weak_ptr<void> in_flight_;  ///< alive until the last reading of `look` ends
  std::shared_ptr<const SourceFiles> joined_ = std::make_shared<const SourceFiles>();  ///< read, to be joined
  std::shared_ptr<const SourceFiles> last_read_ = joined_;                             ///< the same, in force
  JoinedFiles in_force_;
  Guarded<std::map<std::string, bool>> good_;
  ExpendableThreads threads_;
};

}  // namespace dbpool
