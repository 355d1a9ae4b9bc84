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

/// What one reading of a target comes to.
struct ProbeResult {
  std::vector<PoolSnapshot> pools;                       ///< each with its `pool` label in full
  std::map<std::string, std::vector<LeakReport>> leaks;  ///< by `pool` label, longest held first
  /// Pools beyond the limit, where the probe itself has kept to it; nullopt = it has not.
  std::optional<std::uint64_t> dropped;
  std::vector<std::string> hints;  ///< what can be mended in the configuration though the reading went well
};

/// One reading under way. Its `advance()` throws Error when the target gives no complete answer in time.
class ProbeOperation : public Operation {
 public:
  /// REQUIRES: `advance()` returned nullopt; called once.
  virtual ProbeResult take() = 0;
};

/// One target whose pools live elsewhere: asks for its figures and reads them. It may keep a connection from
/// one reading to the next. One thread at a time.
class Probe {
 public:
  virtual ~Probe() = default;
  /// Begins a reading. Does not block. The operation must not outlive the probe, and the next reading begins
  /// only after it is gone.
  virtual std::unique_ptr<ProbeOperation> start_read(Deadline deadline) = 0;
};

}  // namespace dbpool
