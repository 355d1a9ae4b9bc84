#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Counts the pools that a source has refused lately because it has too many. Keeps at most 10,000 hashes of
/// their names. Not thread-safe.
class RefusedPools {
 public:
  void add(std::string_view name, TimePoint now) {
    constexpr std::size_t most = 10'000;
    const std::size_t hash = std::hash<std::string_view>()(name);
    if (last_.size() < most || last_.contains(hash)) last_[hash] = now;
  }
  /// Forgets a pool that is not refused any more.
  void erase(std::string_view name) { last_.erase(std::hash<std::string_view>()(name)); }
  /// Forgets the pools that were not refused after `last`.
  void forget(TimePoint last) {
    std::erase_if(last_, [&](const auto& refused) { return refused.second <= last; });
  }
  std::size_t size() const noexcept { return last_.size(); }

 private:
  std::unordered_map<std::size_t, TimePoint> last_;  ///< when a name was refused last, by its hash
};

}  // namespace dbpool
