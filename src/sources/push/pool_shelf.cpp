#include "sources/push/pool_shelf.hpp"

#include <algorithm>

namespace dbpool {

PoolShelf::Pool* PoolShelf::admit(const std::string& label, TimePoint now) {
  auto found = pools_.find(label);
  if (found == pools_.end()) {
    if (pools_.size() == most_) {
      refused_.add(label, now);
      return nullptr;
    }
    refused_.erase(label);
    found = pools_.try_emplace(label).first;
  }
  found->second.heard = std::max(found->second.heard, now);
  return &found->second;
}

void PoolShelf::forget(TimePoint last) {
  std::erase_if(pools_, [&](const auto& pool) { return pool.second.heard <= last; });
  refused_.forget(last);
}

std::optional<std::string> PoolShelf::longest_silent(const std::set<std::string>& kept) const {
  const Pools::value_type* silent = nullptr;
  for (const auto& pool : pools_) {
    if (kept.contains(pool.first)) continue;
    if (silent == nullptr || pool.second.heard < silent->second.heard) silent = &pool;
  }
  return silent == nullptr ? std::nullopt : std::optional(silent->first);
}

}  // namespace dbpool
