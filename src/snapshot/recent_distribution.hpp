#pragma once

#include <deque>
#include <memory>

#include "dbpool/model/histogram.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Keeps what a distribution gained in the last five minutes. Like the windows of a diagnosis it adds up what
/// passes between two ticks: a count that has fallen has started again from 0, and other bounds begin anew.
/// It keeps 12 moments at most, one every 30 s. One thread at a time.
class RecentDistribution {
 public:
  /// Adds a tick. `total`: the distribution since its start; nullptr = not known now. REQUIRES: `now` is not
  /// before that of the last tick.
  void record(const std::shared_ptr<const Histogram>& total, TimePoint now);
  /// Returns what was gained from a moment 5 to 5.5 minutes before the last tick, or from the first tick if
  /// that is later. nullptr = no distribution was known yet.
  std::shared_ptr<const Histogram> last_five_minutes() const;
  /// Forgets the last total; call it when the next tick does not continue these counts.
  void forget_total() { total_.reset(); }

 private:
  struct Gain {
    Histogram::Counts counts;
    double seconds = 0;
  };
  /// What was gained from the first tick to `at`.
  struct Moment {
    TimePoint at;
    Gain gain;
  };

  void add_gain(const Histogram& total);
  void keep(TimePoint now);

  Histogram::Bounds bounds_;  // nullptr before the first tick
  std::shared_ptr<const Histogram> total_;
  Gain gain_;
  std::deque<Moment> moments_;
};

}  // namespace dbpool
