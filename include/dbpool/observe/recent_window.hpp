#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace dbpool {

/// The fold of the values added within a sliding window. A plain value. It splits the window into `slots`
/// equal parts, so it covers the window and at most one part more. Not thread-safe.
template <typename Value, typename Fold>
class RecentWindow {
 public:
  using Duration = std::chrono::nanoseconds;

  /// `window`: positive.
  explicit RecentWindow(Duration window) : part_(std::max<Duration>(window / slots, Duration(1))) {}

  void add(Duration now, Value value) noexcept {
    if (now >= end_) [[unlikely]]
      turn_to(now);
    Value& newest = parts_[newest_].value;
    newest = Fold{}(newest, value);
  }
  /// Returns the fold over the window that ends at `now`; Value{} if it is empty.
  Value value(Duration now) const noexcept {
    const auto oldest = now / part_ - slots;
    Value all{};
    for (const Part& part : parts_) {
      if (part.number >= oldest) all = Fold{}(all, part.value);
    }
    return all;
  }
  void clear() noexcept {
    parts_.fill({});
    end_ = Duration::min();
  }

 private:
  static constexpr int slots = 60;
  struct Part {
    std::int64_t number = INT64_MIN;
    Value value{};
  };

  void turn_to(Duration now) noexcept {
    const auto number = now / part_;
    newest_ = static_cast<std::size_t>(number % static_cast<std::int64_t>(parts_.size()));
    parts_[newest_] = {number, Value{}};
    end_ = part_ * (number + 1);
  }

  Duration part_;
  std::array<Part, slots + 1> parts_{};
  std::size_t newest_ = 0;
  Duration end_ = Duration::min();  // of the newest part
};

struct Larger {
  template <typename T>
  T operator()(T a, T b) const noexcept {
    return std::max(a, b);
  }
};
struct Sum {
  template <typename T>
  T operator()(T a, T b) const noexcept {
    return a + b;
  }
};

using RecentPeak = RecentWindow<std::chrono::nanoseconds, Larger>;
using RecentCount = RecentWindow<std::uint64_t, Sum>;

}  // namespace dbpool
