#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace dbpool {

/// The upper bounds of a histogram's buckets. Immutable once made, shared by every histogram that uses it.
class BucketBounds {
 public:
  static constexpr std::size_t max_bounds = 63;

  /// `seconds`: positive, strictly increasing, 1 to `max_bounds` of them, each at most 10⁹.
  /// throws std::invalid_argument that says which bound is wrong.
  explicit BucketBounds(std::vector<double> seconds);

  /// The bounds in seconds, as they were given, without +Inf.
  const std::vector<double>& seconds() const noexcept { return seconds_; }
  std::size_t size() const noexcept { return seconds_.size(); }

  /// Index of the bucket that a duration belongs to; `size()` is the +Inf bucket. A bound is inclusive.
  std::size_t bucket_of(std::chrono::nanoseconds d) const noexcept {
    const auto ns = d.count() < 0 ? 0U : static_cast<std::uint64_t>(d.count());
    std::size_t i = first_[static_cast<std::size_t>(std::bit_width(ns))];
    while (ns > nanoseconds_[i]) ++i;
    return i;
  }

  bool operator==(const BucketBounds& other) const noexcept { return seconds_ == other.seconds_; }

 private:
  std::vector<double> seconds_;
  std::array<std::uint64_t, max_bounds + 1> nanoseconds_{};  // ends with UINT64_MAX, so that a search ends
  std::array<std::uint8_t, 65> first_{};  // by bit width: the first bucket that such a number can fall into
};

/// The default bounds of the acquisition histogram, and those of the three others.
std::shared_ptr<const BucketBounds> acquisition_buckets();
std::shared_ptr<const BucketBounds> duration_buckets();

/// Counts of durations by bucket, and their sum. A plain value: copying one is a snapshot and allocates
/// nothing. Not thread-safe; whoever shares one guards it.
class Histogram {
 public:
  explicit Histogram(std::shared_ptr<const BucketBounds> bounds) : bounds_(std::move(bounds)) {}

  void record(std::chrono::nanoseconds d) noexcept {
    ++counts_[bounds_->bucket_of(d)];
    sum_ += d;
  }

  const BucketBounds& bounds() const noexcept { return *bounds_; }
  /// Not cumulative. `bucket` runs to `bounds().size()`, which is +Inf.
  std::uint64_t count_in(std::size_t bucket) const noexcept { return counts_[bucket]; }
  std::uint64_t count() const noexcept;
  double sum_seconds() const noexcept { return std::chrono::duration<double>(sum_).count(); }
  /// Seconds; interpolated within the bucket as Prometheus does. NaN when empty; the last finite bound when
  /// the rank falls into +Inf. `q` within 0 to 1.
  double quantile(double q) const noexcept;

 private:
  std::shared_ptr<const BucketBounds> bounds_;
  std::array<std::uint64_t, BucketBounds::max_bounds + 1> counts_{};
  std::chrono::nanoseconds sum_{0};
};

}  // namespace dbpool
