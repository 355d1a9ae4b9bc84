#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "health/diagnose.hpp"
#include "snapshot/leaks_by_pool.hpp"
#include "snapshot/pool_source.hpp"
#include "snapshot/recent_distribution.hpp"
#include "snapshot/window_recorder.hpp"

namespace dbpool {

/// The windows and the last diagnosis of each pool of one source, and of the databases that count for them. A
/// pool that has left is forgotten: the names of pools may be chosen by clients. One thread at a time.
class Diagnoses {
 public:
  /// Adds a tick at `now`, and diagnoses every pool of the reading that can have a diagnosis.
  void update(SourceKind kind, const PoolSource::Reading& reading, const LeaksByPool& leaks, TimePoint now);
  /// Returns the last diagnosis of a pool. `source_error`: of a reading that failed, in which the pool is
  /// unread. nullptr: such an entry has no diagnosis.
  std::shared_ptr<const Diagnosis> find(const PoolSnapshot& figures, const std::string& source_error) const;
  /// Returns how long callers waited for a connection in the last five minutes; nullptr = not known.
  std::shared_ptr<const Histogram> recent_acquisitions(const PoolSnapshot& figures) const;
  /// Keeps the windows, but not the diagnoses; call it when the next reading does not continue these
  /// counters.
  void begin_anew();

 private:
  struct Pool {
    WindowRecorder past;
    RecentDistribution acquisitions;
    std::shared_ptr<const Histogram> recent_acquisitions;
    std::shared_ptr<const Diagnosis> last;
  };
  using Databases = std::map<std::string, DatabaseSymptoms>;

  void record(const PoolSource::Reading& reading, TimePoint now);
  Databases databases_in(const PoolSource::Reading& reading) const;

  std::map<std::string, Pool> pools_;  // by label
};

}  // namespace dbpool
