#pragma once

#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Anywhere that pool numbers come from. Any thread may call it; `read` never blocks for longer than a lock:
/// an owned pool is read at that moment, a probed source returns its last reading.
class PoolSource {
 public:
  virtual ~PoolSource() = default;

  /// The `source` label.
  virtual const std::string& name() const noexcept = 0;
  virtual SourceKind kind() const noexcept = 0;

  /// What the last reads came to; nullopt = not known.
  struct Reading {
    std::vector<PoolSnapshot> pools;
    bool settled = false;    ///< a first read has ended, well or badly
    std::optional<bool> up;  ///< nullopt before that, and while nothing has been tried
    // Probed sources only.
    std::optional<std::uint64_t> reads, read_failures, dropped_pools;
    std::optional<double> read_seconds;
    std::optional<WallTime> last_success;
    std::optional<TimePoint> last_success_at;  ///< the same on the steady clock, for its age
    std::string last_error;
    std::vector<std::string> hints;  ///< of the last reading: what can be mended in the configuration
  };
  virtual Reading read() const = 0;

  // Details of owned pools, by the `pool` label; empty where the source has none.
  virtual std::vector<ConnectionSnapshot> connections(const std::string& /*pool*/) const { return {}; }
  virtual std::vector<LeakReport> leaks(const std::string& /*pool*/) const { return {}; }
};

}  // namespace dbpool
