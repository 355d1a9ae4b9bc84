#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "dbpool/sync/clock.hpp"
#include "dbpool/sync/guarded.hpp"
#include "log/logger.hpp"
#include "snapshot/journal_entry.hpp"

namespace dbpool {

/// Passes every line on to the log, and keeps those that report what happened: changes of health,
/// reconnections, reloads, sources lost and found, poolers paused and resumed. It recognizes them by their
/// fixed texts. Leaves out what the log has as debug, the repetitions of a failure and the single attempts to
/// reconnect, so that they do not replace what matters. Any thread may call it.
///
/// Locking: one mutex guards the entries; the log is called without it.
class Journal : public Logger {
 public:
  static constexpr std::size_t capacity = 1000;         ///< entries kept; the next one replaces the oldest
  static constexpr std::size_t longest_message = 1000;  ///< bytes; a longer one is cut

  /// REQUIRES: `logger` outlives this object.
  Journal(Logger& logger, std::shared_ptr<const Clock> clock) : logger_(logger), clock_(std::move(clock)) {}

  void log(LogLevel level, std::string_view component, std::string_view message,
           const std::vector<LogField>& fields) noexcept override;
  /// Returns the entries younger than `span`, newest first.
  std::vector<JournalEntry> entries(Duration span) const;

 private:
  void keep(std::string_view kind, std::string_view message, const std::vector<LogField>& fields);

  Logger& logger_;
  const std::shared_ptr<const Clock> clock_;
  mutable Guarded<std::deque<JournalEntry>> entries_;  // oldest first
};

}  // namespace dbpool
