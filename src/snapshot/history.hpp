#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"
#include "health/health_policy.hpp"
#include "snapshot/history_options.hpp"

namespace dbpool {

/// One moment in a pool's history: the Snowflake document's HealthMetrics and the connection states.
struct HistoryItem {
  WallTime time;
  HealthStatus status = HealthStatus::unknown;
  std::optional<std::uint32_t> total, healthy, active, idle, waiting;
  // The increase since the previous item; nullopt in the first item of a probed pool.
  std::optional<std::uint32_t> failed_health_checks;
  std::optional<double> average_response_ms;  ///< of the health checks
  std::optional<std::uint32_t> errors_last_hour;
};

/// A part of a pool's history.
struct PoolHistory {
  std::chrono::nanoseconds interval;  ///< between two items; the last, the present moment, may come sooner
  std::vector<HistoryItem> items;     ///< oldest first
};

/// A pool's figures and status at one moment: on the steady clock for ages, on the wall clock for people.
struct Observation {
  const PoolSnapshot& figures;
  HealthStatus status = HealthStatus::unknown;
  TimePoint at;
  WallTime time;
};

/// One pool's history: an item each interval, at most span / interval of them. A full day of minutes has
/// 1,440 items of 96 bytes, 135 KiB a pool; memory grows as it fills. One thread at a time.
class History {
 public:
  /// Adds an item if one is due, and drops the oldest beyond the limit. The first observation is always due.
  void record(const Observation& seen, const HistoryOptions& options);
  /// Returns the items after `oldest`, oldest first.
  std::vector<HistoryItem> items(TimePoint oldest) const;
  /// Returns the item for `seen`, without adding it.
  HistoryItem item(const Observation& seen) const;
  /// Forgets the last totals; call it when the next observation does not continue this series.
  void forget_totals() { before_ = {}; }

 private:
  struct Entry {
    TimePoint at;
    HistoryItem item;
  };
  struct HealthChecks {
    std::uint64_t count = 0;
    double seconds = 0;
  };
  /// The totals at the last item that knew them; an item holds the increase since then.
  struct Totals {
    PoolSnapshot::Count failures;
    std::optional<HealthChecks> checks;
  };

  static std::optional<HealthChecks> checks_of(const PoolSnapshot& figures);
  Totals before(const PoolSnapshot& figures) const;

  std::deque<Entry> entries_;
  Totals before_;
  TimePoint due_ = TimePoint::min();
};

}  // namespace dbpool
