#include "health/health_tracker.hpp"

#include <algorithm>

namespace dbpool {

const Judgement& HealthTracker::update(const PoolSnapshot& snapshot, const HealthPolicy& policy,
                                       TimePoint now, const std::string& failed_login) {
  if (snapshot.phase == PoolPhase::shutting_down || snapshot.phase == PoolPhase::terminated) return verdict_;
  const bool recovering = snapshot.phase == PoolPhase::recovering;
  Judgement judgement = assess(snapshot, policy, failed_login);
  if ((was_recovering_ && !recovering) || judgement.status == HealthStatus::unknown) memories_ = {};
  was_recovering_ = recovering;

  for (auto& memory : memories_) {
    if (memory && !memory->ended) memory->ended = now;
    if (memory && now - *memory->ended >= policy.recovery_hold) memory.reset();
  }
  const std::size_t present = index_of(judgement.status);
  memories_[present] = std::move(judgement);
  // The present judgement was just stored, so there always is one.
  const auto kept = [](const auto& memory) { return memory.has_value(); };
  verdict_ = **std::find_if(memories_.rbegin(), memories_.rend(), kept);
  return verdict_;
}

}  // namespace dbpool
