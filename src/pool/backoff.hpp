#pragma once

#include <algorithm>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Waits between attempts: they double from `first` up to `longest`. A value.
class Backoff {
 public:
  Backoff(Duration first, Duration longest) noexcept : first_(first), longest_(longest), next_(first) {}

  /// Returns the wait before the next attempt, and doubles the following one.
  Duration next() noexcept {
    const auto now = next_;
    next_ = std::min(next_ * 2, longest_);
    return now;
  }
  void reset() noexcept { next_ = first_; }

 private:
  Duration first_, longest_, next_;
};

}  // namespace dbpool
