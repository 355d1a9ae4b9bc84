#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dbpool {

/// One observation that is kept as an example of its bucket.
struct Exemplar {
  double value = 0;                                         ///< seconds
  std::chrono::system_clock::time_point time;               ///< when it was observed
  std::vector<std::pair<std::string, std::string>> labels;  ///< name and value, such as a trace_id
};

/// The distribution of durations at one moment: counts by bucket, and their sum. Immutable, so snapshots
/// share it by pointer and any thread may read it. A HistogramRecorder makes it for a pool of this process; a
/// source makes it from what its target reports.
class Histogram {
 public:
  using Bounds = std::shared_ptr<const std::vector<double>>;
  using Counts = std::vector<std::uint64_t>;
  using Exemplars = std::vector<std::optional<Exemplar>>;

  /// `bounds`: the inclusive upper bounds in seconds without +Inf, finite and strictly increasing, any number
  /// of them. `counts`: one for each bucket, not cumulative, the last for +Inf. `sum`: seconds. `exemplars`:
  /// one slot for each bucket, or empty. throws std::invalid_argument if these do not agree.
  Histogram(Bounds bounds, Counts counts, double sum, Exemplars exemplars = {});

  /// Returns the upper bounds in seconds, without +Inf.
  const std::vector<double>& bounds() const noexcept { return *bounds_; }
  /// Returns the count of one bucket, not cumulative. `bucket` is at most `bounds().size()`, the +Inf bucket.
  std::uint64_t count_in(std::size_t bucket) const noexcept { return counts_[bucket]; }
  /// Returns the exemplar of one bucket; nullptr if it has none. `bucket` as in `count_in`.
  const Exemplar* exemplar_in(std::size_t bucket) const noexcept;
  std::uint64_t count() const noexcept { return count_; }
  double sum_seconds() const noexcept { return sum_; }
  /// Returns the `q` quantile in seconds, interpolated within the bucket as in Prometheus. NaN if the
  /// histogram is empty or has no finite bound; the last finite bound if the rank is in +Inf. `q`: 0 to 1.
  double quantile(double q) const noexcept;

 private:
  Bounds bounds_;
  Counts counts_;
  Exemplars exemplars_;
  std::uint64_t count_;
  double sum_;
};

}  // namespace dbpool
