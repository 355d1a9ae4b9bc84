#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sources/prometheus/distribution.hpp"
#include "sources/prometheus/sample.hpp"
#include "sources/time_unit.hpp"

namespace dbpool {

/// The limits on what one family may take.
struct DistributionLimits {
  std::size_t bytes = std::size_t{8} << 20;  ///< of labels, buckets and exemplars, approximately
  std::size_t buckets = 1000;                ///< of one label set, with the one for +Inf
};

/// Groups the samples of one family (`_bucket` with `le`, `_sum`, `_count`) by their label sets. A label set
/// whose samples contradict each other gets a problem instead of figures; the others are not affected. Pure,
/// in bounded memory. One thread at a time.
class Distributions {
 public:
  /// `family`: the name without `_bucket`, `_sum` and `_count`.
  explicit Distributions(std::string family, DistributionLimits limits = {});

  /// Adds a sample if it is a part of the family: if the text declares it so, or declares no family for its
  /// name. A sample of a family with another name is not a part, whatever its ending, and neither is one of a
  /// gauge histogram. Returns whether it is a part. Quantiles and creation times are parts that are not kept.
  bool add(const ScrapedSample& sample);
  /// Returns the label sets in the order in which they began. `unit`: of the bounds and sums in the text.
  std::vector<Distribution> in_seconds(TimeUnit unit) const;
  /// Returns the number of samples that were left out because their label sets are beyond the limit.
  std::size_t left_out() const noexcept { return left_out_; }

 private:
  struct LabelSet {
    std::vector<std::pair<std::string, std::string>> labels;
    DistributionParts parts;
  };

  std::optional<SampleRole> role_of(const ScrapedSample& sample) const;
  LabelSet* label_set_of(const ScrapedSample& part);
  bool reserve(std::size_t bytes);

  std::string family_;
  DistributionLimits limits_;
  std::vector<LabelSet> label_sets_;
  std::unordered_map<std::string, std::size_t> places_;  ///< in label_sets_, by labels
  std::vector<SampleLabel> sorted_;                      ///< the labels of the current sample
  std::string key_;                                      ///< made of them
  std::size_t bytes_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace dbpool
