#pragma once

#include <prometheus/metric_family.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

using Labels = std::vector<prometheus::ClientMetric::Label>;

/// Adds series with common labels, such as those of one pool, to a metric family. An unknown value adds
/// nothing. One thread at a time; does not own the family.
class SeriesSink {
 public:
  /// `common`: the labels of every series. REQUIRES: both outlive the sink.
  SeriesSink(prometheus::MetricFamily& family, const Labels& common) : family_(family), common_(common) {}

  void add(double value);
  /// Adds a value with one more label, whose value is UTF-8.
  void add(double value, std::string_view label, std::string_view label_value);
  /// Adds a value with further labels, whose values are UTF-8.
  void add(double value, const Labels& further);
  void add(const std::shared_ptr<const Histogram>& histogram);

  /// Adds a count, a number of seconds, or a boolean as 1 or 0.
  template <typename Number>
  void add(const std::optional<Number>& value) {
    if (value) add(static_cast<double>(*value));
  }
  template <typename Number>
  void add(const std::optional<Number>& value, std::string_view label, std::string_view label_value) {
    if (value) add(static_cast<double>(*value), label, label_value);
  }
  /// Adds Unix seconds.
  void add(const std::optional<WallTime>& time);

 private:
  prometheus::ClientMetric& append(std::size_t further_labels);
  void set(prometheus::ClientMetric& series, double value) const;

  prometheus::MetricFamily& family_;
  const Labels& common_;
};

}  // namespace dbpool
