#pragma once

#include <optional>
#include <utility>

#include "dbpool/observe/pool_ledger.hpp"
#include "snapshot/pool_source.hpp"

namespace dbpool {

/// The figures of the acquisitions through a pooler, and the pool that they belong to. Not thread-safe.
class SyntheticBooks {
 public:
  using Duration = std::chrono::nanoseconds;
  /// Costs the server nothing and returns the user that the pooler has logged in as: a database's entry may
  /// name another user than the client's.
  static constexpr const char* transaction = "SELECT session_user";

  explicit SyntheticBooks(WallTime created_at, const LedgerOptions& options)
      : ledger_(options, created_at),
        late_waits_(options.wait_window),
        late_waits_judged_(options.wait_window) {}

  template <typename Event>
  void apply(const Event& event) {
    used_ = true;
    ledger_.apply(event);
  }
  /// Records an error, which is the last contact with the database until `served`.
  void apply(const event::Failed& event) {
    used_ = true;
    contact_ok_ = false;
    ledger_.apply(event);
  }
  /// Records that the client got a server, also when it had to wait for so long that it counts as a timeout.
  void served() noexcept { contact_ok_ = true; }
  /// Records that the client waits since `at` on the stopwatch; nullopt = it does not wait.
  void waiting_since(std::optional<Duration> at) noexcept {
    waiting_since_ = at;
    in_line_ = at.has_value();
  }
  /// Records that the client connects, and may have to wait for that. Ends with `waiting_since`.
  void in_line() noexcept { in_line_ = true; }
  /// Records whether a second client of ours waits.
  void second_in_line(bool waits) noexcept { second_in_line_ = waits; }
  /// Records that a wait that was counted as a timeout ended at `now` on the stopwatch.
  void waited_on(Duration now) noexcept;
  /// Records that the pool is paused or disabled at `now` on the stopwatch. Waits and errors that began
  /// before do not count for health.
  void held_back(Duration now) noexcept;
  /// Sets the client's pool.
  void lands_in(PoolKey pool) { pool_ = std::move(pool); }

  const PoolKey& pool() const noexcept { return pool_; }
  /// Returns whether the client, at `now` on the stopwatch, has waited for longer than `bound`.
  bool waits_longer_than(Duration bound, Duration now) const noexcept {
    return waiting_since_ && now - *waiting_since_ > bound;
  }
  /// Returns whether, in several readings of the pooler, no other client was ever seen in that pool.
  bool is_probe_only() const noexcept { return looks_ >= enough_looks && crowded_looks_ < enough_crowded; }
  /// Writes the figures into their pool, which it adds where the reading lacks it. `kind`: of the pooler.
  /// `now` is on the stopwatch. REQUIRES: the reading succeeded.
  void add_to(PoolSource::Reading& reading, SourceKind kind, Duration now);

 private:
  static constexpr unsigned enough_looks = 3;    ///< readings before another client is known to be missing
  static constexpr unsigned enough_crowded = 2;  ///< one may count our client twice while it reconnects

  void fill(PoolSnapshot& pool, Duration now);
  void look_for_others(const PoolSnapshot& pool, std::uint64_t reads);

  PoolLedger ledger_;
  bool used_ = false;
  PoolKey pool_;
  std::optional<Duration> waiting_since_;
  bool in_line_ = false;  ///< the client waits at the pooler, or may, even if that does not count for health
  bool second_in_line_ = false;
  std::optional<bool> contact_ok_;  ///< of the last contact; nullopt = none yet
  RecentPeak late_waits_, late_waits_judged_;
  double wait_peak_ = 0;         ///< seconds
  std::uint64_t looked_at_ = 0;  ///< the number of the last reading that was looked at for other clients
  unsigned looks_ = 0, crowded_looks_ = 0;  ///< up to what is enough
};

}  // namespace dbpool
