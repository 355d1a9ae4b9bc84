#include "snapshot/vanished_pools.hpp"

#include <iterator>
#include <utility>

namespace dbpool {

void VanishedPools::keep(std::string name, History history, TimePoint seen) {
  pools_.push_back({std::move(name), std::move(history), seen});
  by_name_.emplace(pools_.back().name, std::prev(pools_.end()));
}

std::optional<History> VanishedPools::take(const std::string& name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  const auto pool = found->second;
  History history = std::move(pool->history);
  by_name_.erase(found);
  pools_.erase(pool);
  return history;
}

const History* VanishedPools::find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &found->second->history;
}

void VanishedPools::forget(TimePoint oldest, std::size_t most) {
  while (!pools_.empty() && (pools_.size() > most || pools_.front().seen < oldest)) {
    by_name_.erase(pools_.front().name);
    pools_.pop_front();
  }
}

}  // namespace dbpool
