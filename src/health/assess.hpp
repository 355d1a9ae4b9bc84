#pragma once

#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "health/health_policy.hpp"

namespace dbpool {

/// One reason for a judgement.
struct Finding {
  HealthReason reason;
  HealthStatus tier;  ///< degraded or unhealthy
  bool operator==(const Finding&) const = default;
};

/// What a policy says of one moment.
struct Judgement {
  HealthStatus status = HealthStatus::unknown;
  std::vector<Finding> findings;  ///< in the order of HealthReason; empty when healthy or unknown
  bool nothing_applies = false;   ///< unknown because no threshold could be held against what is known
  bool operator==(const Judgement&) const = default;
};

/// Judges one snapshot. Pure: no clock, no memory. A quantity that the snapshot does not know is not judged,
/// and a pool of which none was judged is unknown, for nobody has looked whether it is healthy. A pool that
/// is unread, initializing or going away is unknown; one that is recovering is unhealthy for no_connections,
/// whatever the policy.
Judgement assess(const PoolSnapshot& snapshot, const HealthPolicy& policy);

/// What is to be said of `snapshot` when `verdict` is the tracker's last word, which may be older: a pool
/// that is recovering by now is unhealthy already, and one that is unread by now is unknown. Pure.
Judgement current_judgement(const PoolSnapshot& snapshot, const Judgement& verdict);

}  // namespace dbpool
