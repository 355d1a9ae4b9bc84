#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "dbpool/model/exemplar_labels.hpp"
#include "dbpool/model/histogram.hpp"

namespace dbpool {

/// Keeps the exemplars of a histogram: in each bucket the longest duration of 10 s, one with a trace before
/// one without. Allocates only when it is made, so a copy into one of the same size may be made under a lock.
/// Not thread-safe.
class ExemplarRecorder {
 public:
  using Duration = std::chrono::nanoseconds;

  /// A duration that may become an exemplar.
  struct Candidate {
    Duration at, value;  ///< `at`: of the observation, on a stopwatch
    bool has_trace = false;
  };

  /// `buckets`: those of the histogram, with the one for +Inf.
  explicit ExemplarRecorder(std::size_t buckets) : slots_(buckets) {}

  /// Returns whether a candidate is to be kept in its bucket.
  bool wants(std::size_t bucket, const Candidate& candidate) const noexcept {
    const Slot& kept = slots_[bucket];
    if (candidate.at >= kept.until) return true;
    if (candidate.has_trace != kept.has_trace) return candidate.has_trace;
    return candidate.value > kept.value;
  }
  /// Keeps a candidate instead of the exemplar in its bucket.
  void keep(std::size_t bucket, const Candidate& candidate, std::chrono::system_clock::time_point time,
            const ExemplarLabels& labels) noexcept {
    slots_[bucket] = {candidate.at + longest_kept, candidate.value, candidate.has_trace, time, labels};
  }
  /// Returns the exemplars by bucket; empty if there are none. Allocates.
  Histogram::Exemplars value() const;

 private:
  static constexpr Duration longest_kept = std::chrono::seconds(10);  ///< if a shorter one follows

  struct Slot {
    Duration until = Duration::min();  ///< min: the bucket has no exemplar
    Duration value{0};
    bool has_trace = false;
    std::chrono::system_clock::time_point time;
    ExemplarLabels labels;
  };

  std::vector<Slot> slots_;
};

}  // namespace dbpool
