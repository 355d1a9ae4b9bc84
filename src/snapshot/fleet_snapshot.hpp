#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"
#include "health/assess.hpp"
#include "snapshot/process_stats.hpp"
#include "sources/pool_source.hpp"

namespace dbpool {

/// One pool's figures and what was thought of them.
struct PoolReport {
  std::string source;
  SourceKind kind = SourceKind::owned;
  PoolSnapshot figures;
  Judgement health;
  bool utilization_of_configured = false;  ///< as in its HealthPolicy
};

/// One source and its pools.
struct SourceReport {
  std::string name;
  SourceKind kind = SourceKind::owned;
  PoolSource::Reading reading;  ///< its `pools` have been moved into `pools` below
  std::vector<PoolReport> pools;
};

/// What the exporter knows of itself.
struct ExporterReport {
  std::string version, revision, compiler;
  bool last_reload_successful = true;
  std::optional<WallTime> last_reload_success;
  ProcessStats process;
};

/// One immutable moment over all sources: what every answer is made from.
struct FleetSnapshot {
  WallTime time;
  double uptime_seconds = 0;
  std::vector<SourceReport> sources;  ///< in the order of the configuration
  ExporterReport exporter;
  TimePoint at{};  ///< `time` on the steady clock, for ages
};

}  // namespace dbpool
