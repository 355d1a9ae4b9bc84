#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sources/push/streams.hpp"

namespace dbpool {

/// A counter as its points add up. Its total never falls: a restart or a reset at the sender begins again
/// behind what was counted before. What has been counted before, by `PointTime::counted_until`, is left out.
class CounterSeries {
 public:
  /// Adds a point. A gauge is a cumulative point without a start. Returns why the point was rejected.
  std::optional<RejectReason> add(const PointTime& at, Temporality temporality, double value);
  /// Returns the total; nullopt before the first value.
  std::optional<double> total() const;
  bool has_shared_start() const noexcept { return streams_.has_shared_start(); }
  /// Returns the time between the last point and the one before it, as of Streams.
  std::uint64_t step() const noexcept { return streams_.step(); }
  std::size_t bytes() const noexcept { return values_.capacity() * (sizeof(double) + sizeof(Stream)); }

 private:
  Streams streams_;
  std::vector<double> values_;  ///< of each stream: its last value or, of deltas, their sum
  double folded_ = 0;           ///< values of streams that have ended, less those counted before
};

}  // namespace dbpool
