#include "log/repeat_limiter.hpp"

#include <algorithm>
#include <utility>

namespace dbpool {

std::optional<std::uint64_t> RepeatLimiter::admit(std::string_view key, TimePoint now) {
  const std::lock_guard lock(mutex_);
  auto found = entries_.find(key);
  if (found != entries_.end() && now - found->second.last_seen >= intervals_.longest) {
    entries_.erase(found);
    found = entries_.end();
  }
  if (found == entries_.end()) {
    if (entries_.size() >= max_keys) forget_oldest();
    entries_.emplace(key, Entry{now, now + intervals_.first, intervals_.first});
    return 0;
  }

  Entry& entry = found->second;
  entry.last_seen = now;
  if (now < entry.next_line) {
    ++entry.suppressed;
    return std::nullopt;
  }
  entry.interval = std::min(2 * entry.interval, intervals_.longest);
  entry.next_line = now + entry.interval;
  return std::exchange(entry.suppressed, 0);
}

void RepeatLimiter::forget_oldest() {
  entries_.erase(std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
    return a.second.last_seen < b.second.last_seen;
  }));
}

}  // namespace dbpool
