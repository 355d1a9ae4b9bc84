#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "health/assess.hpp"

namespace dbpool {

/// Tracks the health of one pool: it worsens at once, and improves after `recovery_hold` without a worse
/// judgement; until then the verdict keeps its findings. A pool that leaves recovery is judged without the
/// hold; one that is shutting down keeps its last verdict. One thread at a time.
class HealthTracker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Judges `snapshot` at `now`; `failed_login` as in `assess`. Returns the new verdict.
  const Judgement& update(const PoolSnapshot& snapshot, const HealthPolicy& policy, TimePoint now,
                          const std::string& failed_login = "");
  const Judgement& verdict() const noexcept { return verdict_; }

 private:
  /// The last judgement of each status; forgotten once it ended longer ago than the hold. The worst is the
  /// verdict. One ends when another status first follows it.
  std::array<std::optional<Judgement>, health_status_names.size()> memories_;
  Judgement verdict_;
  bool was_recovering_ = false;
};

}  // namespace dbpool
