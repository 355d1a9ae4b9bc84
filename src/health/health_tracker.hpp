#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "health/assess.hpp"

namespace dbpool {

/// Remembers the health of one pool over time: it worsens at once, and improves after the policy's
/// `recovery_hold` without a worse judgement, keeping until then the findings that led there. A pool that
/// leaves recovery is judged afresh, without the hold; one that is going away keeps its last verdict. One
/// thread at a time.
class HealthTracker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Judges `snapshot` at `now`. Returns the new verdict.
  const Judgement& update(const PoolSnapshot& snapshot, const HealthPolicy& policy, TimePoint now);
  const Judgement& verdict() const noexcept { return verdict_; }

 private:
  /// The last judgement of one status, and when it was first followed by another status.
  struct Memory {
    Judgement judgement;
    std::optional<TimePoint> ended;
  };

  /// By HealthStatus; one that ended longer ago than the hold is forgotten. The worst is the verdict.
  std::array<std::optional<Memory>, health_status_names.size()> memories_;
  Judgement verdict_;
  bool was_recovering_ = false;
};

}  // namespace dbpool
