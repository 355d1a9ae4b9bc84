#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sources/mapping/mapped_pools.hpp"
#include "sources/push/counter_series.hpp"
#include "sources/push/distribution_series.hpp"
#include "sources/push/gauge_series.hpp"
#include "sources/push/point.hpp"
#include "sources/push/series_use.hpp"

namespace dbpool {

/// What the maximum of a pool says of its end. Of several, the latest of these counts.
enum class PoolEnd { none, possible, certain };

/// One series of one sender, and what it is used for. What fills a counter adds up, whatever its kind is;
/// what fills a gauge keeps its last value.
class PushedSeries {
 public:
  /// `uses`: not empty. `distribution`: where one of them needs it.
  PushedSeries(std::vector<SeriesUse> uses, std::optional<DistributionSeries> distribution);

  /// Adds a point. Returns why it was rejected.
  std::optional<RejectReason> add(const PointTime& at, const PushedMetric& metric, const PushedPoint& point);
  /// Adds what it has to its pools. Gauges count if they arrived at `not_before` or later.
  void report(MappedPools& pools, TimePoint not_before) const;
  /// Returns what it says of the end of its pools. An SDK that stops sends a maximum of 0 as a sum that may
  /// fall. Where it fell to 0, the pool has ended; where it began at 0, the pool may also be unlimited.
  PoolEnd end(TimePoint not_before) const;

  /// Returns whether several processes send it under one start, so that their sum is a guess.
  bool has_shared_start() const noexcept {
    return distribution_ ? distribution_->has_shared_start() : counter_.has_shared_start();
  }

  /// Returns the time between the last point and the one before it, in nanoseconds; 0 = not known.
  std::uint64_t step() const noexcept;
  std::size_t bytes() const noexcept;

 private:
  bool feeds_counter() const;
  bool feeds_gauge() const;
  std::optional<RejectReason> add_number(PointTime at, const PushedMetric& metric, const PushedPoint& point);

  std::vector<SeriesUse> uses_;
  CounterSeries counter_;
  GaugeSeries gauge_;
  std::optional<DistributionSeries> distribution_;
  bool is_limit_ = false;  ///< fills a maximum by a sum that may fall
};

}  // namespace dbpool
