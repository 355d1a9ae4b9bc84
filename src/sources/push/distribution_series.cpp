#include "sources/push/distribution_series.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include "model/bounded_sum.hpp"
#include "model/hexadecimal.hpp"
#include "sources/push/rebin.hpp"

namespace dbpool {
namespace {

constexpr std::uint64_t most_counted = std::uint64_t{1} << 53U;
constexpr std::int32_t least_scale = -10, most_scale = 20;

bool is_at_least_0(double value) {
  return std::isfinite(value) && value >= 0;
}

std::uint64_t sum_of_counts(std::span<const std::uint64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}, bounded_sum);
}

bool is_increasing(std::span<const double> bounds) {
  return std::ranges::all_of(bounds, [](double bound) { return std::isfinite(bound); }) &&
         std::ranges::adjacent_find(bounds, std::greater_equal()) == bounds.end();
}

Exemplar exemplar_of(const PushedExemplar& pushed, TimeUnit unit) {
  const auto time = std::chrono::duration_cast<std::chrono::system_clock::duration>(
      std::chrono::nanoseconds(static_cast<std::int64_t>(pushed.time)));
  Exemplar exemplar{in_seconds(pushed.value, unit), std::chrono::system_clock::time_point(time), {}};
  exemplar.labels.emplace_back("trace_id", hexadecimal_text(pushed.trace_id));
  if (!pushed.span_id.empty()) exemplar.labels.emplace_back("span_id", hexadecimal_text(pushed.span_id));
  return exemplar;
}

}  // namespace

std::optional<RejectReason> DistributionSeries::add(const PointTime& at, const PushedMetric& metric,
                                                    const PushedPoint& point) {
  std::string problem = problem_of(metric, point);
  auto now = problem.empty() ? buckets_of(metric, point) : std::nullopt;
  if (!now) {
    problem_ = problem.empty() ? "two of its bounds are the same in seconds" : std::move(problem);
    return point.sum ? RejectReason::malformed : RejectReason::contradiction;
  }
  const bool is_delta = metric.temporality == Temporality::delta;
  if (!at.has_room && !is_delta && grows(at, *now)) return RejectReason::limit;
  const auto lead = [&](std::size_t stream) { return lead_over(last_[stream].buckets, *now); };
  const Streams::Place place = streams_.place(at, metric.temporality, lead);
  if (place.rejected) return place.rejected;
  problem_.clear();
  if (place.index == last_.size()) last_.emplace_back();
  Last& last = last_[place.index];
  if (place.is_new) folded_sum_ += std::exchange(last, {}).sum;

  const Histogram::Bounds bounds = bounds_of(*now);
  const bool is_other = place.is_new || has_other_bounds(last.buckets, *now);
  if (is_other && !place.is_new && !is_delta) {
    folded_sum_ += last.sum - *point.sum;
    last = {std::move(*now), *point.sum};
    return RejectReason::contradiction;
  }
  if (is_other) change_bounds(bounds);
  if (place.is_baseline) {
    folded_sum_ -= *point.sum;
  } else {
    add_counts(*difference(*now, is_delta || place.is_new ? nullptr : &last.buckets), bounds);
    add_exemplars(point);
  }
  if (is_delta) now->counts = now->exponential.counts = {};
  last = {std::move(*now), (is_delta ? last.sum : 0) + *point.sum};
  measure();
  return std::nullopt;
}

/// Returns how many more durations there are than in the last point of a stream; nullopt if a bucket counts
/// less. A point with other bounds cannot be compared: it is the stream's if it is no other's.
std::optional<double> DistributionSeries::lead_over(const Buckets& before, const Buckets& now) const {
  if (has_other_bounds(before, now)) return std::numeric_limits<double>::infinity();
  const auto added = difference(now, &before);
  return added ? std::optional(static_cast<double>(sum_of_counts(*added))) : std::nullopt;
}

bool DistributionSeries::has_other_bounds(const Buckets& a, const Buckets& b) {
  return a.raw != b.raw || a.exponential.zero_threshold != b.exponential.zero_threshold;
}

/// Returns whether a stream that goes on needs more memory for its buckets than it has.
bool DistributionSeries::grows(const PointTime& at, const Buckets& now) const {
  const auto stream = streams_.find(at.start, Temporality::cumulative);
  if (!stream) return false;
  const Buckets& before = last_[*stream].buckets;
  return now.counts.size() > before.counts.size() ||
         now.exponential.counts.size() > before.exponential.counts.size();
}

/// Returns what contradicts itself in a point; "" if nothing.
std::string DistributionSeries::problem_of(const PushedMetric& metric, const PushedPoint& point) const {
  if (!point.sum) return "it has no sum";
  if (!is_at_least_0(*point.sum)) return "its sum is negative or no number";
  if (point.count >= most_counted) return "its count is too large";
  if (metric.kind == PointKind::exponential) {
    const ExponentialBuckets& buckets = point.exponential;
    if (buckets.scale < least_scale || buckets.scale > most_scale) return "its scale is not from -10 to 20";
    if (!is_at_least_0(buckets.zero_threshold)) return "its threshold of zero is negative or no number";
    return bounded_sum(buckets.zero_count, sum_of_counts(buckets.counts)) == point.count
               ? ""
               : "its count differs from the sum of its buckets";
  }
  if (point.counts.empty() && point.bounds.empty()) return "";
  if (point.counts.size() != point.bounds.size() + 1) return "the numbers of its buckets and bounds disagree";
  if (!is_increasing(point.bounds)) return "its bounds are not finite and increasing";
  return sum_of_counts(point.counts) == point.count ? "" : "its count differs from the sum of its buckets";
}

/// Counts single values in the buckets that exponential histograms get.
DistributionSeries::Buckets DistributionSeries::buckets_of(const PushedPoint& point) const {
  Histogram::Counts counts(exponential_->size() + 1);
  for (const double value : point.observed) {
    const auto bucket = std::ranges::lower_bound(*exponential_, in_seconds(value, unit_));
    counts[static_cast<std::size_t>(bucket - exponential_->begin())] += point.count / point.observed.size();
  }
  return Buckets{
      .raw = exponential_, .seconds = exponential_, .counts = std::move(counts), .exponential = {}};
}

/// Returns nullopt if bounds that differ in the data are the same double in seconds. Shares the bounds of
/// another stream where they are equal.
std::optional<DistributionSeries::Buckets> DistributionSeries::buckets_of(const PushedMetric& metric,
                                                                          const PushedPoint& point) const {
  if (metric.kind == PointKind::exponential)
    return Buckets{.raw = {}, .seconds = {}, .counts = {}, .exponential = state_of(point.exponential)};
  if (!point.observed.empty()) return buckets_of(point);
  Histogram::Counts counts(point.counts.begin(), point.counts.end());
  if (counts.empty()) counts.push_back(point.count);
  const auto same = std::ranges::find_if(last_, [&](const Last& last) {
    return last.buckets.raw && std::ranges::equal(*last.buckets.raw, point.bounds);
  });
  if (same != last_.end()) return Buckets{same->buckets.raw, same->buckets.seconds, std::move(counts), {}};
  std::vector<double> seconds;
  for (const double bound : point.bounds) seconds.push_back(in_seconds(bound, unit_));
  if (!is_increasing(seconds)) return std::nullopt;
  return Buckets{std::make_shared<const std::vector<double>>(point.bounds.begin(), point.bounds.end()),
                 std::make_shared<const std::vector<double>>(std::move(seconds)),
                 std::move(counts),
                 {}};
}

Histogram::Bounds DistributionSeries::bounds_of(const Buckets& buckets) const {
  return buckets.seconds ? buckets.seconds : exponential_;
}

/// Returns what was observed between two points of a stream; nullopt if a bucket counts less than before.
std::optional<Histogram::Counts> DistributionSeries::difference(const Buckets& now,
                                                                const Buckets* before) const {
  if (!now.raw) {
    return counted(now.exponential, before == nullptr ? nullptr : &before->exponential, unit_, *exponential_);
  }
  if (before == nullptr) return now.counts;
  Histogram::Counts added = now.counts;
  for (std::size_t i = 0; i < added.size(); ++i) {
    if (added[i] < before->counts[i]) return std::nullopt;
    added[i] -= before->counts[i];
  }
  return added;
}

void DistributionSeries::add_counts(const Histogram::Counts& added, const Histogram::Bounds& bounds) {
  const Histogram::Counts moved = *bounds == *bounds_ ? added : rebinned(added, *bounds, *bounds_);
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] = bounded_sum(counts_[i], moved[i]);
}

/// Shows everything with the bounds of a process that begins.
void DistributionSeries::change_bounds(const Histogram::Bounds& bounds) {
  if (bounds_ && *bounds_ == *bounds) return;
  counts_ = bounds_ ? rebinned(counts_, *bounds_, *bounds) : Histogram::Counts(bounds->size() + 1);
  bounds_ = bounds;
  for (const auto& exemplar : std::exchange(exemplars_, {})) {
    if (exemplar) keep_newest(exemplars_, *bounds_, *exemplar);
  }
}

/// Keeps the exemplars that name a trace; others lead to nothing.
void DistributionSeries::add_exemplars(const PushedPoint& point) {
  for (const PushedExemplar& pushed : point.exemplars) {
    if (pushed.trace_id.empty() || pushed.time == 0 || !std::isfinite(pushed.value)) continue;
    keep_newest(exemplars_, *bounds_, exemplar_of(pushed, unit_));
  }
}

double DistributionSeries::sum() const {
  return std::accumulate(last_.begin(), last_.end(), folded_sum_,
                         [](double sum, const Last& last) { return sum + last.sum; });
}

Distribution DistributionSeries::total() const {
  Distribution total;
  total.problem = problem_;
  if (!problem_.empty() || !bounds_) return total;
  total.count = sum_of_counts(counts_);
  total.sum = in_seconds(sum(), unit_);
  if (!bounds_->empty())
    total.histogram = std::make_shared<const Histogram>(bounds_, counts_, *total.sum, exemplars_);
  return total;
}

/// Finds out how much memory the series needs, approximately.
void DistributionSeries::measure() {
  constexpr std::size_t bytes_of_exemplar = 256;
  bytes_ = counts_.capacity() * sizeof(std::uint64_t) + exemplars_.capacity() * bytes_of_exemplar;
  for (const Last& last : last_) {
    const Buckets& buckets = last.buckets;
    bytes_ += sizeof(Last) + sizeof(Stream);
    bytes_ += (buckets.counts.capacity() + buckets.exponential.counts.capacity()) * sizeof(std::uint64_t);
    if (buckets.raw) bytes_ += 2 * buckets.raw->size() * sizeof(double);
  }
}

}  // namespace dbpool
