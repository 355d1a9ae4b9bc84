#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "dbpool/model/histogram.hpp"

namespace dbpool {

/// Returns the index of the bucket that a value lies in; that of +Inf is the last one.
std::size_t bucket_with(double value, const std::vector<double>& bounds);
/// Returns counts of buckets with the bounds `from` in buckets with the bounds `to`: each bucket's in the one
/// that its upper bound lies in. So durations may appear longer, never shorter. Without bounds there is one
/// bucket, for +Inf.
Histogram::Counts rebinned(const Histogram::Counts& counts, const std::vector<double>& from,
                           const std::vector<double>& to);
/// Keeps an exemplar in the bucket of its value, unless that has a newer one. `exemplars`: empty, or a slot
/// for each bucket.
void keep_newest(Histogram::Exemplars& exemplars, const std::vector<double>& bounds,
                 const Exemplar& exemplar);

/// Returns a histogram that counts, at each of its bounds, not less than another one did. Returns `histogram`
/// itself if that is so already.
std::shared_ptr<const Histogram> risen(const std::shared_ptr<const Histogram>& histogram,
                                       const Histogram& before);

/// Returns a histogram with the bounds of both, which counts at each as much as the one that counts more
/// there: what `risen` needs to know of all that was shown before. Returns `now` itself if it has the same
/// bounds, or if both have too many.
std::shared_ptr<const Histogram> joined(const std::shared_ptr<const Histogram>& now, const Histogram& before);

/// Returns the counts of a histogram's buckets.
Histogram::Counts counts_of(const Histogram& histogram);

}  // namespace dbpool
