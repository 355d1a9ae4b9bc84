#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dbpool/sync/clock.hpp"
#include "health/health_policy.hpp"
#include "snapshot/fleet_snapshot.hpp"
#include "snapshot/history.hpp"
#include "sources/pool_source.hpp"

namespace dbpool {

/// A source and how its pools are judged.
struct WatchedSource {
  std::shared_ptr<const PoolSource> source;
  HealthPolicy policy;
  std::size_t vanished_limit = 500;  ///< histories kept of pools that are gone, at most
};

/// A lease that is held for too long, and whose it is.
struct SuspectedLeak {
  std::string pool;
  LeakReport lease;
};

/// A pool's health went from one status to another.
struct HealthChange {
  std::string source, pool;
  HealthStatus from;
  Judgement to;
  SourceKind kind = SourceKind::owned;
};

/// Makes FleetSnapshots: reads every source, and joins the figures with the judgements that `tick` has made.
/// Any thread may call it. Health and history move in `tick` only; a snapshot judges nothing.
///
/// Locking: one mutex guards the list of sources, the trackers and the histories. Sources are read outside
/// it. Another lets one tick judge at a time; it is taken first. `on_change` is called outside both.
class Snapshotter {
 public:
  using OnHealthChange = std::function<void(const HealthChange&)>;

  Snapshotter(std::shared_ptr<const Clock> clock, OnHealthChange on_change);
  ~Snapshotter();

  /// Replaces the sources. A source that stays (the same object) keeps its health and history; so does a pool
  /// of the same source name and pool name keep its history.
  void watch(std::vector<WatchedSource> sources, HistoryOptions history);
  /// Judges every pool and extends the histories; to be called once a second.
  void tick();
  /// Judges one source's pools now, because something happened to it.
  void tick(const std::string& source);

  /// One moment over all sources; without the exporter's part, which the caller knows.
  FleetSnapshot snapshot() const;
  /// Whether every source has been read once or has failed once.
  bool ready() const;

  /// A pool's history, ending with the present moment; younger than `span`, so that with 0 it is the present
  /// moment alone. nullopt: no such pool.
  std::optional<PoolHistory> history(const std::string& pool, std::chrono::nanoseconds span) const;
  /// The connections of an owned pool; nullopt for any other.
  std::optional<std::vector<ConnectionSnapshot>> connections(const std::string& pool) const;
  /// Every lease that is suspected now: by pool in the order of the sources, longest held first.
  std::vector<SuspectedLeak> leaks() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dbpool
