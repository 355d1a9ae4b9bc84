#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbpool/model/histogram.hpp"
#include "sources/prometheus/sample.hpp"
#include "sources/time_unit.hpp"

namespace dbpool {

/// The durations of one label set of a family: a histogram with its count and sum or, without buckets, as in
/// a summary, the count and the sum alone.
struct Distribution {
  std::vector<std::pair<std::string, std::string>> labels;  ///< in the order of their names, without `le`
  std::shared_ptr<const Histogram> histogram;               ///< nullptr without buckets
  std::optional<std::uint64_t> count;
  std::optional<double> sum;  ///< seconds
  std::string problem;        ///< why all figures are unknown; "" if they agree
};

/// Collects the samples of one label set and makes a Distribution of them. The first sample that contradicts
/// the others is the problem of all; it names the line.
class DistributionParts {
 public:
  /// `most_buckets`: with the one for +Inf.
  explicit DistributionParts(std::size_t most_buckets) : most_buckets_(most_buckets) {}

  /// Adds a sample of role `bucket`, `sum` or `count`.
  void add(const ScrapedSample& sample);
  /// Makes all figures unknown, unless they are already.
  void refuse(std::string problem);

  /// Returns what the samples say, without labels. `unit`: of the bounds and sums in the text. `bounds`:
  /// those of the label set before, in seconds; the result shares them if they are equal, and replaces them
  /// if not.
  Distribution in_seconds(TimeUnit unit, Histogram::Bounds& bounds) const;

 private:
  void add_bucket(const ScrapedSample& sample);
  void add_exemplar(const SampleExemplar& exemplar);
  std::string contradiction() const;
  std::shared_ptr<const Histogram> histogram(TimeUnit unit, Histogram::Bounds& bounds) const;

  std::size_t most_buckets_;
  std::vector<double> bounds_;             ///< in the unit of the text, with +Inf
  std::vector<std::uint64_t> cumulative_;  ///< one for each bound
  std::size_t last_bucket_ = 0;            ///< its line
  Histogram::Exemplars exemplars_;         ///< in the unit of the text; for the bounds so far, or fewer
  std::optional<std::uint64_t> count_;
  std::optional<double> sum_;
  std::string problem_;
};

}  // namespace dbpool
