#pragma once

#include <algorithm>
#include <stop_token>
#include <utility>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// The time on the steady clock at which a wait ends; a stop request ends it earlier. A value. A stop request
/// wakes no thread; long-running work must poll `passed()`.
class Deadline {
 public:
  /// Never passes.
  Deadline() = default;
  explicit Deadline(TimePoint when, std::stop_token stop = {}) : when_(when), stop_(std::move(stop)) {}
  /// Returns `now` + `d`; never passes if that is beyond the end of the clock.
  static Deadline after(TimePoint now, Duration d, std::stop_token stop = {}) noexcept {
    return Deadline(d > TimePoint::max() - now ? TimePoint::max() : now + d, std::move(stop));
  }

  TimePoint when() const noexcept { return when_; }
  bool passed(TimePoint now) const noexcept { return now >= when_ || stop_.stop_requested(); }
  /// Returns the time left; not negative.
  Duration remaining(TimePoint now) const noexcept { return std::max(when_ - now, Duration::zero()); }

 private:
  TimePoint when_ = TimePoint::max();
  std::stop_token stop_;
};

}  // namespace dbpool
