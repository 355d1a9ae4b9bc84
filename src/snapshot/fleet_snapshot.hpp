#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"
#include "health/assess.hpp"
#include "health/diagnosis.hpp"
#include "snapshot/pool_source.hpp"
#include "snapshot/process_stats.hpp"

namespace dbpool {

/// One pool's figures and their judgement.
struct PoolReport {
  SourceKind kind = SourceKind::owned;
  PoolSnapshot figures;
  Judgement health;
  std::shared_ptr<const Diagnosis> diagnosis = nullptr;  ///< nullptr = entries that only count have none
  /// How long callers waited for a connection in the last five minutes; nullptr = not known.
  std::shared_ptr<const Histogram> recent_acquisitions = nullptr;
  std::optional<WallTime> held_since = std::nullopt;  ///< `health` was so until then and is held
};

/// What the configuration says of a source.
struct SourceInfo {
  std::string server;                         ///< host:port or path, without credentials; "" = not known
  std::map<std::string, std::string> labels;  ///< for dbpool_source_info and dbpool_pool_info
  bool is_on_demand = false;  ///< made by a call of `/probe`, which shows its metrics; `/metrics` does not
};

/// One source and its pools.
struct SourceReport {
  std::string name;
  SourceKind kind = SourceKind::owned;
  PoolSource::State reading;
  std::vector<PoolReport> pools;
  SourceInfo info = {};
};

/// The exporter's own state.
struct ExporterReport {
  std::string version, revision, compiler;
  bool last_reload_successful = true;
  std::optional<WallTime> last_reload_success;
  ProcessStats process;
  std::optional<bool> last_web_reload_successful = {};  ///< nullopt: there is no web configuration
  /// Whether the present version of each source file is in force, by its full path, which is valid UTF-8.
  std::map<std::string, bool> source_files = {};
};

/// One immutable moment of all sources, from which every answer is made.
struct FleetSnapshot {
  WallTime time;
  double uptime_seconds = 0;
  std::vector<SourceReport> sources;  ///< in the order of the configuration
  ExporterReport exporter;
  TimePoint at{};  ///< `time` on the steady clock, for ages
};

}  // namespace dbpool
