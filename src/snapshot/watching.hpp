#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dbpool/sync/clock.hpp"
#include "health/health_tracker.hpp"
#include "snapshot/diagnoses.hpp"
#include "snapshot/snapshotter.hpp"
#include "snapshot/vanished_pools.hpp"

namespace dbpool {

/// The state kept for one pool.
struct WatchedPool {
  HealthTracker tracker;
  History history;
  std::uint64_t round = 0;  ///< the judging round that saw it last
  TimePoint seen;           ///< the time of that round
};

/// A watched source. `source` never changes and may be read without the lock; the lock guards the rest.
struct Watched {
  std::shared_ptr<const PoolSource> source;
  HealthPolicy policy;
  std::size_t vanished_limit = 0;
  SourceInfo info = {};
  std::map<std::string, WatchedPool> pools = {};  ///< of the last round, by label
  VanishedPools vanished = {};                    ///< pools of earlier rounds
  Diagnoses diagnoses = {};
};

using WatchList = std::vector<std::shared_ptr<Watched>>;

/// What a Snapshotter watches.
struct Watching {
  WatchList sources;  ///< as configured
  WatchList added;
  HistoryOptions history;

  WatchList all() const {
    WatchList list = sources;
    list.insert(list.end(), added.begin(), added.end());
    return list;
  }
};

/// Returns the entry for a source: its old one if the source stays, else a new one with the histories of the
/// old source of that name.
std::shared_ptr<Watched> adopt(WatchedSource wanted, const WatchList& before);

/// Returns the entry for a pool; one that is back gets its history back.
WatchedPool& entry_of(const std::string& pool, Watched& source);

}  // namespace dbpool
