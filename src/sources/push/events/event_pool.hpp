#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dbpool/model/pool_key.hpp"
#include "dbpool/observe/leak_detector.hpp"
#include "dbpool/observe/pool_ledger.hpp"
#include "dbpool/sync/clock.hpp"
#include "sources/push/events/clients.hpp"
#include "sources/push/events/lease_table.hpp"
#include "sources/push/events/verbs.hpp"

namespace dbpool {

/// When an event came. Its stopwatch is the steady clock.
struct Arrival {
  TimePoint now;
  WallTime wall;

  Duration tick() const noexcept { return now.time_since_epoch(); }
};

struct EventPoolOptions {
  LedgerOptions ledger = {};
  Duration leak_detection_timeout{0};  ///< 0 = off
};

/// One pool that clients report events of: one ledger for all of them, and what each has now. An event that
/// contradicts what is known changes nothing. Not thread-safe.
///
/// With leases that have names, `acquisitions = releases + vanished + open leases` always holds.
class EventPool {
 public:
  /// The most different sites of a pool; further ones are shown as `…`.
  static constexpr std::size_t most_sites = 1024;

  EventPool(PoolKey key, const EventPoolOptions& options, const Arrival& at);

  /// Returns whether an event contradicts what is known.
  bool contradicts(const EventLine& event, const EventClient& client) const;
  /// Adds an event. `has_room`: whether one more lease may be followed; without, an acquisition counts and
  /// `active` is unknown. REQUIRES: the event does not contradict; none came later.
  void add(const EventLine& event, const EventClient& client, const Arrival& at, bool has_room);
  /// Gives the leases of a client back and forgets its gauges. Returns how many leases it had; nullopt if the
  /// pool does not know it.
  std::optional<std::uint64_t> forget(const EventClient& client);
  /// Gives back the leases of a client that were given at `at` or before, because their releases are probably
  /// lost. Returns how many they were.
  std::uint64_t give_up(const EventClient& client, Duration at);
  /// Excludes a time in which this process was stopped from that of all leases.
  void pardon(Duration pause) noexcept { leaks_.pardon(pause); }
  /// Returns the leases that became suspects since the last sweep.
  std::vector<LeakReport> sweep(Duration now);

  PoolSnapshot snapshot(Duration now) const;
  /// Returns the suspects, longest held first.
  std::vector<LeakReport> leaks(Duration now) const;
  const PoolKey& key() const noexcept { return key_; }
  TimePoint heard() const noexcept { return heard_; }
  bool has_clients() const noexcept { return !members_.empty(); }
  std::uint64_t open_leases() const noexcept { return open_leases_; }

 private:
  /// What one client has of this pool.
  struct Member {
    Member(std::string_view client, LeakDetector& detector) : leases(client, detector) {}

    std::array<PoolSnapshot::Count, gauge_count> gauges{};  ///< by Verb, from idle on
    LeaseTable leases;
    bool has_unknown_leases = false;
  };

  void acquired(const EventLine& event, Member& member, const Arrival& at, bool has_room);
  void released(const EventLine& event, Member& member);
  void timed_out(const EventLine& event, const Arrival& at);
  void failed(const EventLine& event, const Arrival& at);
  std::uint64_t vanished(const LeaseTable::Ended& ended);
  std::string_view interned(std::string_view site);

  PoolSnapshot::Count sum_of(Verb gauge) const;
  PoolSnapshot::Count sum_if_all_know(Verb gauge) const;
  bool knows_leases() const;
  void fill_gauges(PoolSnapshot& pool) const;
  void copy_reported(const PoolSnapshot& counted, PoolSnapshot& pool) const;

  PoolKey key_;
  PoolLedger ledger_;
  LeakDetector leaks_;
  std::set<std::string, std::less<>> sites_;
  std::unordered_map<const EventClient*, Member> members_;
  std::uint64_t open_leases_ = 0, most_open_leases_ = 0;
  TimePoint heard_;
  bool reports_acquisitions_ = false, reports_connections_ = false, reports_errors_ = false;
  bool reports_leases_ = false;  ///< by name
  bool knows_peak_ = true;       ///< every lease so far was followed
};

}  // namespace dbpool
