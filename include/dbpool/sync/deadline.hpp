#pragma once

#include <algorithm>
#include <stop_token>
#include <utility>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// The moment on the steady clock at which a wait gives up; it gives up before when it is asked to stop. A
/// value. Nobody is woken by a stop: who works on looks at `passed` from time to time.
class Deadline {
 public:
  /// Never passes.
  Deadline() = default;
  explicit Deadline(TimePoint when, std::stop_token stop = {}) : when_(when), stop_(std::move(stop)) {}
  /// `d` after `now`; never passes where that is beyond the end of the clock.
  static Deadline after(TimePoint now, Duration d, std::stop_token stop = {}) noexcept {
    return Deadline(d > TimePoint::max() - now ? TimePoint::max() : now + d, std::move(stop));
  }

  TimePoint when() const noexcept { return when_; }
  bool passed(TimePoint now) const noexcept { return now >= when_ || stop_.stop_requested(); }
  /// Not negative.
  Duration remaining(TimePoint now) const noexcept { return std::max(when_ - now, Duration::zero()); }

 private:
  TimePoint when_ = TimePoint::max();
  std::stop_token stop_;
};

}  // namespace dbpool
