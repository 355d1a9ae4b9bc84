#pragma once

#include <optional>
#include <string>

#include "dbpool/observe/pool_ledger.hpp"
#include "sources/pool_source.hpp"

namespace dbpool {

/// What came of the acquisitions through a pooler, and in which pool. Not thread-safe.
class SyntheticBooks {
 public:
  using Duration = std::chrono::nanoseconds;

  explicit SyntheticBooks(WallTime created_at, const LedgerOptions& options)
      : ledger_(options, created_at),
        late_waits_(options.wait_window),
        late_waits_judged_(options.wait_window) {}

  template <typename Event>
  void apply(const Event& event) {
    used_ = true;
    ledger_.apply(event);
  }
  /// Somebody waits since `at` on the stopwatch; nullopt = nobody does.
  void waiting_since(std::optional<Duration> at) noexcept {
    waiting_since_ = at;
    in_line_ = at.has_value();
  }
  /// The client is to be let in, for which it may have to wait. Ends with `waiting_since`.
  void in_line() noexcept { in_line_ = true; }
  /// Who waits, and was booked as a timeout, waits no longer at `now` on the stopwatch.
  void waited_on(Duration now) noexcept;
  /// Nobody is to be served at `now` on the stopwatch, because somebody wants it so. Waits and errors that
  /// began before do not count for health.
  void held_back(Duration now) noexcept;
  /// The names that the pooler has for the client's pool.
  void lands_in(const std::string& database, const std::string& user);

  /// The pool in a reading of `source`.
  std::string pool(const std::string& source) const { return database(source) + '/' + user_; }
  /// What is told there of its database.
  std::string database(const std::string& source) const { return source + '/' + database_; }
  /// Writes the figures into their pool. A reading that failed stays as it is; a good one that lacks the pool
  /// gets it. `now` is on the stopwatch.
  void add_to(PoolSource::Reading& reading, const PoolSource& source, Duration now);

 private:
  void fill(PoolSnapshot& pool, Duration now);

  PoolLedger ledger_;
  bool used_ = false;
  std::string database_, user_;
  std::optional<Duration> waiting_since_;
  bool in_line_ = false;  ///< the client waits at the pooler, or may, whether that counts or not
  RecentPeak late_waits_, late_waits_judged_;
  double wait_peak_ = 0;  ///< seconds
};

}  // namespace dbpool
