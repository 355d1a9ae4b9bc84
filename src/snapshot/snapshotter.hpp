#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dbpool/sync/clock.hpp"
#include "health/health_policy.hpp"
#include "snapshot/fleet_snapshot.hpp"
#include "snapshot/history.hpp"
#include "snapshot/pool_source.hpp"

namespace dbpool {

/// A source and how its pools are judged.
struct WatchedSource {
  std::shared_ptr<const PoolSource> source;
  HealthPolicy policy;
  std::size_t vanished_limit = 500;  ///< the most histories kept of pools that have left
  SourceInfo info = {};
};

/// A lease that is held for too long, and its pool.
struct SuspectedLeak {
  std::string pool;
  LeakReport lease;
};

/// A change of a pool's health.
struct HealthChange {
  std::string source, pool;
  HealthStatus from;
  Judgement to;
  SourceKind kind = SourceKind::owned;
  PoolSnapshot figures = {};  ///< that were judged; without any for a pool that has left
};

/// Makes FleetSnapshots: reads every source, and joins the figures with the judgements made by `tick`. Any
/// thread may call it. Only `tick` judges and diagnoses pools and extends histories; a snapshot judges
/// nothing.
///
/// Locking: one mutex guards the list of sources, the trackers, the histories and the diagnoses. Sources are
/// read outside it. Another lets one tick judge at a time; it is locked first. `on_change` is called outside
/// both.
class Snapshotter {
 public:
  using OnHealthChange = std::function<void(const HealthChange&)>;

  Snapshotter(std::shared_ptr<const Clock> clock, OnHealthChange on_change);
  ~Snapshotter();

  /// Replaces the sources. A source that stays (the same object) keeps its health and history. A new source
  /// with a known name keeps the histories of that name's pools, not their health.
  void watch(std::vector<WatchedSource> sources, HistoryOptions history);
  /// Watches one more source, which `watch` does not replace, until it is removed. Its name is no other's.
  void add(WatchedSource source);
  /// Stops watching the added source of that name.
  void remove(const std::string& source);
  /// Judges and diagnoses every pool and extends the histories; call it once a second.
  void tick();
  /// Judges one source's pools now, after an event in it.
  void tick(const std::string& source);

  /// Returns one moment of all sources; the caller fills in `exporter`.
  FleetSnapshot snapshot() const;
  /// Returns one moment of the added source of that name, alone; without sources if that is not watched.
  FleetSnapshot snapshot_of(const std::string& source) const;
  /// Returns whether every source that was not added has been read once or has failed once.
  bool ready() const;

  /// Returns the items of a pool younger than `span`, and the present moment unless the pool has left; 0
  /// gives the present moment alone. nullopt: no such pool.
  std::optional<PoolHistory> history(const std::string& pool, std::chrono::nanoseconds span) const;
  /// Returns the connections of an owned pool; nullopt for any other.
  std::optional<std::vector<ConnectionSnapshot>> connections(const std::string& pool) const;
  /// Returns every suspected leak: by pool in the order of the sources, longest held first. Names the client
  /// behind a session that a pooler has lent, where that is known.
  std::vector<SuspectedLeak> leaks() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dbpool
