#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

namespace dbpool {

/// The senders of one pool that had to leave although they may come back, and until when each was counted.
/// Keeps hashes of at most 1,000 keys, those of the latest. Not thread-safe.
class DepartedSenders {
 public:
  /// `until`: Unix time in nanoseconds of the newest point of the sender.
  void add(const std::string& key, std::uint64_t until) {
    constexpr std::size_t most = 1000;
    std::uint64_t& latest = until_[std::hash<std::string>()(key)];
    latest = std::max(latest, until);
    if (until_.size() <= most) return;
    until_.erase(std::ranges::min_element(until_, {}, [](const auto& departed) { return departed.second; }));
  }
  /// Returns until when a sender has been counted; 0 = not known.
  std::uint64_t counted_until(const std::string& key) const {
    const auto found = until_.find(std::hash<std::string>()(key));
    return found == until_.end() ? 0 : found->second;
  }

 private:
  std::unordered_map<std::size_t, std::uint64_t> until_;  ///< by the hash of the key
};

}  // namespace dbpool
