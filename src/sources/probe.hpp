#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// The result of one reading of a target.
struct ProbeResult {
  std::vector<PoolSnapshot> pools;                       ///< each with its key
  std::map<std::string, std::vector<LeakReport>> leaks;  ///< by `pool` label, longest held first
  /// Number of pools beyond the limit, where the probe itself applies it; nullopt = it does not.
  std::optional<std::uint64_t> dropped;
  std::vector<std::string> hints;  ///< errors in the configuration to correct, although the reading succeeded
  std::vector<LentServer> lent = {};  ///< of a pooler that was asked for its clients
};

/// A reading in progress. `advance()` throws Error when the reading fails or misses its deadline.
class ProbeOperation : public Operation {
 public:
  /// Returns the result. REQUIRES: `advance()` returned nullopt; called once. throws Error for an answer that
  /// it cannot read.
  virtual ProbeResult take() = 0;
};

/// A reader of one target whose pools are outside this process. It may keep a connection from one reading to
/// the next. One thread at a time.
class Probe {
 public:
  virtual ~Probe() = default;
  /// Starts a reading. Does not block. REQUIRES: the probe outlives the operation, which is destroyed before
  /// the next reading starts.
  virtual std::unique_ptr<ProbeOperation> start_read(Deadline deadline) = 0;
};

}  // namespace dbpool
