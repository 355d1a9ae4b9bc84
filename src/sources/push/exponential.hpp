#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dbpool/model/histogram.hpp"
#include "sources/push/point.hpp"
#include "sources/time_unit.hpp"

namespace dbpool {

/// The buckets of an exponential histogram, kept. Bucket i has the upper bound 2^((offset + i + 1) /
/// 2^scale).
struct ExponentialState {
  std::int32_t scale = 0, offset = 0;
  std::vector<std::uint64_t> counts;
  std::uint64_t zero_count = 0;
  double zero_threshold = 0;
};

ExponentialState state_of(const ExponentialBuckets& buckets);

/// Counts what was observed between two states by the upper bounds of their buckets, at the smaller of the
/// two scales. So what was counted before never moves, whatever the scale becomes. `before`: nullptr = since
/// the beginning. `unit`: of the observations. `bounds`: in seconds. Returns one count for each bound and one
/// for +Inf; nullopt if a bucket counts less than before.
std::optional<Histogram::Counts> counted(const ExponentialState& now, const ExponentialState* before,
                                         TimeUnit unit, const std::vector<double>& bounds);

}  // namespace dbpool
