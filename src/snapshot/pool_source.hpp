#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dbpool/model/names.hpp"
#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// What senders have pushed to a source, since the process started.
struct PushCounts {
  std::uint64_t used = 0;                                            ///< points or lines
  std::array<std::uint64_t, reject_reason_names.size()> rejected{};  ///< by RejectReason
  std::optional<std::uint64_t> lost;                                 ///< where the source can count them
  std::uint64_t senders = 0;                                         ///< alive

  bool operator==(const PushCounts&) const = default;
};

/// A source of pool figures. Any thread may call it. `read` blocks for a lock at most: it reads an owned pool
/// at that moment, and returns the last reading of a probed source. Callers share a reading.
class PoolSource {
 public:
  virtual ~PoolSource() = default;

  /// Returns the `source` label.
  virtual const std::string& name() const noexcept = 0;
  virtual SourceKind kind() const noexcept = 0;

  /// How the last reading ended; nullopt = not known.
  struct State {
    bool settled = false;    ///< the first reading has ended, with or without success
    std::optional<bool> up;  ///< nullopt before that, and until something was tried
    // Probed sources only.
    std::optional<std::uint64_t> reads, read_failures, dropped_pools;
    std::optional<double> read_seconds;
    std::optional<WallTime> last_success;
    std::optional<TimePoint> last_success_at;  ///< `last_success` on the steady clock, for its age
    std::string last_error;
    std::vector<std::string> hints;    ///< of the last reading: errors in the configuration to correct
    std::optional<PushCounts> pushed;  ///< of sources that senders push to
  };
  /// The result of the last reading.
  struct Reading : State {
    std::vector<PoolSnapshot> pools;  ///< each label once; the names in them are valid UTF-8
    std::vector<LentServer> lent;     ///< of a pooler that was asked for its clients
  };
  /// Returns a reading that never changes; never nullptr.
  virtual std::shared_ptr<const Reading> read() const = 0;

  // Details of a pool, by its `pool` label; empty where the source has none.
  virtual std::vector<ConnectionSnapshot> connections(const std::string& /*pool*/) const { return {}; }
  virtual std::vector<LeakReport> leaks(const std::string& /*pool*/) const { return {}; }
};

}  // namespace dbpool
