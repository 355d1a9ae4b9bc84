#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "dbpool/model/histogram.hpp"

namespace dbpool {

/// The upper bounds of a recorder's buckets. Immutable, and shared by the recorders that use it.
class BucketBounds {
 public:
  static constexpr std::size_t max_bounds = 63;

  /// `seconds`: positive, strictly increasing, 1 to `max_bounds` of them, each at most 10⁹.
  /// throws std::invalid_argument, which names the invalid bound.
  explicit BucketBounds(std::vector<double> seconds);

  /// Returns the bounds in seconds, as given to the constructor, without +Inf.
  const std::vector<double>& seconds() const noexcept { return seconds_; }
  std::size_t size() const noexcept { return seconds_.size(); }

  /// Returns the index of the bucket of a duration; `size()` is the +Inf bucket. Bounds are inclusive.
  std::size_t bucket_of(std::chrono::nanoseconds d) const noexcept {
    const auto ns = d.count() < 0 ? 0U : static_cast<std::uint64_t>(d.count());
    std::size_t i = first_[static_cast<std::size_t>(std::bit_width(ns))];
    while (ns > nanoseconds_[i]) ++i;
    return i;
  }

  bool operator==(const BucketBounds& other) const noexcept { return seconds_ == other.seconds_; }

 private:
  std::vector<double> seconds_;
  std::array<std::uint64_t, max_bounds + 1> nanoseconds_{};  // padded with UINT64_MAX, which ends each search
  std::array<std::uint8_t, 65> first_{};                     // first possible bucket for each bit width
};

/// The default bounds of the acquisition histogram, and the bounds of the three other histograms.
std::shared_ptr<const BucketBounds> acquisition_buckets();
std::shared_ptr<const BucketBounds> duration_buckets();

/// Counts durations by bucket, and sums them. Recording allocates nothing, and neither does a copy, so a copy
/// may be made under a lock and its `value` outside. Not thread-safe.
class HistogramRecorder {
 public:
  explicit HistogramRecorder(std::shared_ptr<const BucketBounds> bounds) : bounds_(std::move(bounds)) {}

  /// Records `times` equal durations. A negative one adds nothing to the sum, which stays at 292 years
  /// instead of overflowing. REQUIRES: `d` * `times` is within 292 years.
  void record(std::chrono::nanoseconds d, std::uint64_t times = 1) noexcept {
    using std::chrono::nanoseconds;
    counts_[bounds_->bucket_of(d)] += times;
    sum_ += std::clamp(d * static_cast<std::int64_t>(times), nanoseconds(0), nanoseconds::max() - sum_);
  }
  /// Returns the index of the bucket of a duration.
  std::size_t bucket_of(std::chrono::nanoseconds d) const noexcept { return bounds_->bucket_of(d); }
  /// Returns what was recorded so far. `exemplars`: as of a Histogram. Allocates.
  std::shared_ptr<const Histogram> value(Histogram::Exemplars exemplars = {}) const;

 private:
  std::shared_ptr<const BucketBounds> bounds_;
  std::array<std::uint64_t, BucketBounds::max_bounds + 1> counts_{};
  std::chrono::nanoseconds sum_{0};
};

}  // namespace dbpool
