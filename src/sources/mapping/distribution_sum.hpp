#pragma once

#include "sources/prometheus/distribution.hpp"

namespace dbpool {

/// Returns the sum of two distributions, without labels, and of the exemplars of a bucket the newer one. It
/// has a problem if one of them has, if their bounds differ, or if only one of them has buckets.
Distribution sum_of(const Distribution& a, const Distribution& b);

}  // namespace dbpool
