#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "health/health_policy.hpp"

namespace dbpool {

/// One reason for a judgement: the value that crossed a bound, as it was at the time of the judgement.
struct Finding {
  HealthReason reason = {};
  HealthStatus tier = HealthStatus::degraded;  ///< or unhealthy
  double value = 0;  ///< ratios are 0 to 1, durations seconds; 1 for `no_connections` and `paused`
  Bound bound = {};  ///< the bound of `tier` in the policy
  bool operator==(const Finding&) const = default;
};

/// The figures that words about findings name, as they were at the time of the judgement; as in PoolSnapshot
/// unless noted.
struct JudgedFigures {
  PoolSnapshot::Count idle, active, total, healthy, max, waiting, clients_used, clients_max;
  std::optional<double> utilization;
  PoolSnapshot::Count capacity;   ///< the size that utilization was measured against
  bool without_overflow = false;  ///< `capacity` is the configured size
  std::string limited_by;
  std::string failed_login;    ///< the error with which a pooler cannot log in; "" = none
  bool may_be_paused = false;  ///< the pooler cannot say whether it has paused the pool
  bool operator==(const JudgedFigures&) const = default;
};

/// The result of judging one snapshot by one policy.
struct Judgement {
  HealthStatus status = HealthStatus::unknown;
  std::vector<Finding> findings;  ///< in the order of HealthReason; empty when healthy or unknown
  bool nothing_applies = false;  ///< no threshold applies to a known figure; the status is healthy or unknown
  JudgedFigures figures = {};    ///< of the judged snapshot, if there are findings
  /// When it was so last, if it is held since then; nullopt = it is the present judgement.
  std::optional<std::chrono::steady_clock::time_point> ended = std::nullopt;
  bool operator==(const Judgement&) const = default;
};

/// Judges one snapshot. Pure: no clock, no memory. A quantity that is not known is not judged. If none is
/// judged, a pool that serves, is paused or only counts is healthy, and any other is unknown. A pool that is
/// unread, initializing, closing or closed is unknown, and a pooler's pool that is deserted. One that is
/// recovering is unhealthy for no_connections, whatever the policy, and so is one without a connection whose
/// pooler cannot log in to its database. `failed_login`: the error of those logins; "" = none fails.
Judgement assess(const PoolSnapshot& snapshot, const HealthPolicy& policy,
                 const std::string& failed_login = "");

/// Returns whether a pooler's pool has neither clients nor server connections: nothing is known of its
/// database.
bool is_deserted(const PoolSnapshot& snapshot);

/// Returns the judgement of `snapshot`. `verdict` is the tracker's last and may be older: a pool that is
/// recovering by now is unhealthy already, and one that is unread by now is unknown. Pure.
Judgement current_judgement(const PoolSnapshot& snapshot, const Judgement& verdict);

}  // namespace dbpool
