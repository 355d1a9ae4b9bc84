#pragma once

#include <algorithm>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// The moment on the steady clock at which a wait gives up. A value.
class Deadline {
 public:
  /// Never passes.
  Deadline() = default;
  explicit Deadline(TimePoint when) : when_(when) {}
  /// `d` after `now`; never passes where that is beyond the end of the clock.
  static Deadline after(TimePoint now, Duration d) noexcept {
    return d > TimePoint::max() - now ? Deadline() : Deadline(now + d);
  }

  TimePoint when() const noexcept { return when_; }
  bool passed(TimePoint now) const noexcept { return now >= when_; }
  /// Not negative.
  Duration remaining(TimePoint now) const noexcept { return std::max(when_ - now, Duration::zero()); }
  friend Deadline earlier(Deadline a, Deadline b) noexcept { return a.when_ < b.when_ ? a : b; }

 private:
  TimePoint when_ = TimePoint::max();
};

}  // namespace dbpool
