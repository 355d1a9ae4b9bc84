#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// Intervals between the log lines of a failure that repeats.
struct RepeatIntervals {
  std::chrono::nanoseconds first = std::chrono::seconds(10);  ///< doubles with each line
  std::chrono::nanoseconds longest = std::chrono::hours(1);   ///< also how long a failure is remembered
};

/// Decides which repetitions of a failure are logged: the first at once, the others at growing intervals. Any
/// thread may call it. Remembers `max_keys` failures; the next one replaces the one that was seen longest
/// ago.
///
/// Locking: one mutex guards the map.
class RepeatLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::size_t max_keys = 1000;

  explicit RepeatLimiter(RepeatIntervals intervals = {}) : intervals_(intervals) {}

  /// Returns whether to log the failure now: the number of repetitions suppressed since its last line, or
  /// nullopt to stay silent. `key` identifies the failure.
  std::optional<std::uint64_t> admit(std::string_view key, TimePoint now);

 private:
  struct Entry {
    TimePoint last_seen, next_line;
    std::chrono::nanoseconds interval;
    std::uint64_t suppressed = 0;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  void forget_oldest();

  const RepeatIntervals intervals_;
  std::mutex mutex_;
  Entries entries_;
};

}  // namespace dbpool
