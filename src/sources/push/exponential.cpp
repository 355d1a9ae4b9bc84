#include "sources/push/exponential.hpp"

#include <algorithm>
#include <cmath>

#include "model/bounded_sum.hpp"
#include "sources/push/rebin.hpp"

namespace dbpool {
namespace {

/// Buckets with consecutive indices.
struct Buckets {
  std::int64_t first = 0;
  Histogram::Counts counts;

  std::uint64_t count_in(std::int64_t index) const {
    const std::int64_t at = index - first;
    return at < 0 || at >= static_cast<std::int64_t>(counts.size()) ? 0
                                                                    : counts[static_cast<std::size_t>(at)];
  }
};

/// Merges buckets until they have a smaller scale.
Buckets at_scale(const ExponentialState& state, std::int32_t scale) {
  const int shift = state.scale - scale;
  Buckets merged{.first = std::int64_t{state.offset} >> shift, .counts = {}};
  for (std::size_t i = 0; i < state.counts.size(); ++i) {
    const std::int64_t index = (state.offset + static_cast<std::int64_t>(i)) >> shift;
    const auto at = static_cast<std::size_t>(index - merged.first);
    if (at == merged.counts.size()) merged.counts.push_back(0);
    merged.counts[at] = bounded_sum(merged.counts[at], state.counts[i]);
  }
  return merged;
}

/// Returns whether a bucket of `before` has a count that `now` has no bucket for.
bool has_more(const Buckets& before, const Buckets& now) {
  for (std::size_t i = 0; i < before.counts.size(); ++i) {
    if (before.counts[i] > now.count_in(before.first + static_cast<std::int64_t>(i))) return true;
  }
  return false;
}

}  // namespace

ExponentialState state_of(const ExponentialBuckets& buckets) {
  return {buckets.scale,
          buckets.offset,
          {buckets.counts.begin(), buckets.counts.end()},
          buckets.zero_count,
          buckets.zero_threshold};
}

std::optional<Histogram::Counts> counted(const ExponentialState& now, const ExponentialState* before,
                                         TimeUnit unit, const std::vector<double>& bounds) {
  static const ExponentialState nothing;
  const ExponentialState& past = before == nullptr ? nothing : *before;
  const std::int32_t scale = before == nullptr ? now.scale : std::min(now.scale, past.scale);
  const Buckets buckets = at_scale(now, scale);
  const Buckets old = before == nullptr ? Buckets() : at_scale(past, scale);
  if (past.zero_count > now.zero_count || has_more(old, buckets)) return std::nullopt;

  Histogram::Counts counts(bounds.size() + 1);
  const auto add = [&](double upper, std::uint64_t count) {
    if (count == 0) return;
    std::uint64_t& sum = counts[bucket_with(in_seconds(upper, unit), bounds)];
    sum = bounded_sum(sum, count);
  };
  add(now.zero_threshold, now.zero_count - past.zero_count);
  for (std::size_t i = 0; i < buckets.counts.size(); ++i) {
    const std::int64_t index = buckets.first + static_cast<std::int64_t>(i);
    const double upper = std::exp2(std::ldexp(static_cast<double>(index + 1), -scale));
    add(upper, buckets.counts[i] - old.count_in(index));
  }
  return counts;
}

}  // namespace dbpool
