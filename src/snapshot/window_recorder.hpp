#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"
#include "health/windows.hpp"

namespace dbpool {

/// Keeps the windows of one pool. It adds up what passes between two ticks, and keeps the sums of earlier
/// moments, so it needs neither the counters' beginnings nor readings without gaps: a counter that has fallen
/// has started again from 0, and one that was unknown for a while counts when it is back. It keeps 46 moments
/// at most, 6 KiB a pool; memory grows for an hour. One thread at a time.
class WindowRecorder {
 public:
  /// Adds a tick. REQUIRES: `now` is not before that of the last tick.
  void record(const PoolSnapshot& figures, TimePoint now);
  /// Returns the windows that end with the last tick.
  Windows windows() const;
  /// Forgets the last totals; call it when the next tick does not continue these counters.
  void forget_totals();

 private:
  /// Where the seconds and the number of uses come from.
  enum class UseFigure { leases, transactions, queries };
  struct Uses {
    UseFigure figure = UseFigure::leases;
    double seconds = 0;
    std::uint64_t count = 0;
  };
  /// A total, and the tick that knew it.
  template <typename Total>
  struct Known {
    Total total;
    TimePoint at;
  };
  /// The sums from the first tick to `at`.
  struct Moment {
    TimePoint at;
    Window sums;
  };
  /// Moments, one each `interval`, back to the last one that is at least `span` old.
  struct Moments {
    Duration interval, span;
    std::deque<Moment> kept = {};

    void add(const Moment& moment);
    const Moment& begin_of(Duration window, TimePoint now) const;
  };

  static std::optional<Uses> uses_of(const PoolSnapshot& figures);
  void forget_uses();
  void add_uses(const PoolSnapshot& figures, TimePoint now);
  void add_waits(const PoolSnapshot& figures, TimePoint now);
  void add_load(const PoolSnapshot& figures, double seconds);
  Window since(const Moment& begin) const;

  Moments minutes_{std::chrono::seconds(10), std::chrono::minutes(5)};
  Moments hour_{std::chrono::minutes(5), std::chrono::hours(1)};
  Moment now_{};
  bool has_begun_ = false;
  std::optional<UseFigure> use_figure_;
  std::optional<Known<Uses>> uses_;
  std::optional<Known<double>> waits_;
};

}  // namespace dbpool
