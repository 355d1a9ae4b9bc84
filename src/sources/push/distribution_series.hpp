#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/histogram.hpp"
#include "sources/prometheus/distribution.hpp"
#include "sources/push/exponential.hpp"
#include "sources/push/streams.hpp"
#include "sources/time_unit.hpp"

namespace dbpool {

/// Durations as their points add up: histograms with bounds, exponential ones, counts with sums alone, and
/// single values.
/// As with a counter, nothing that was counted is taken back.
class DistributionSeries {
 public:
  /// `unit`: of the points. `exponential`: the bounds in seconds for exponential histograms and
  /// single values.
  DistributionSeries(TimeUnit unit, Histogram::Bounds exponential)
      : unit_(unit), exponential_(std::move(exponential)) {}

  /// Adds a point. Returns why it was rejected. After one that contradicts itself, `total` has a problem
  /// until the next that does not.
  std::optional<RejectReason> add(const PointTime& at, const PushedMetric& metric, const PushedPoint& point);
  /// Returns the durations in seconds, with the bounds of the process that began last.
  Distribution total() const;
  /// Returns the sum in the unit of the points.
  double sum() const;
  bool has_shared_start() const noexcept { return streams_.has_shared_start(); }
  /// Returns the time between the last point and the one before it, as of Streams.
  std::uint64_t step() const noexcept { return streams_.step(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  /// The buckets of a point, kept until the next one of its stream; of deltas only the bounds.
  struct Buckets {
    Histogram::Bounds raw, seconds;  ///< nullptr: exponential
    Histogram::Counts counts;
    ExponentialState exponential;
  };
  struct Last {
    Buckets buckets;
    double sum = 0;  ///< the last one or, of deltas, the sum of all
  };

  std::string problem_of(const PushedMetric& metric, const PushedPoint& point) const;
  std::optional<Buckets> buckets_of(const PushedMetric& metric, const PushedPoint& point) const;
  Buckets buckets_of(const PushedPoint& point) const;
  std::optional<double> lead_over(const Buckets& before, const Buckets& now) const;
  static bool has_other_bounds(const Buckets& a, const Buckets& b);
  bool grows(const PointTime& at, const Buckets& now) const;
  Histogram::Bounds bounds_of(const Buckets& buckets) const;
  std::optional<Histogram::Counts> difference(const Buckets& now, const Buckets* before) const;
  void add_counts(const Histogram::Counts& added, const Histogram::Bounds& bounds);
  void change_bounds(const Histogram::Bounds& bounds);
  void add_exemplars(const PushedPoint& point);
  void measure();

  TimeUnit unit_;
  Histogram::Bounds exponential_;
  Streams streams_;
  std::vector<Last> last_;  ///< of each stream
  double folded_sum_ = 0;   ///< of streams that have ended, less what was counted before
  Histogram::Bounds bounds_;
  Histogram::Counts counts_;
  Histogram::Exemplars exemplars_;
  std::string problem_;
  std::size_t bytes_ = 0;
};

}  // namespace dbpool
