#pragma once

#include <prometheus/metric_family.h>

#include <optional>
#include <string_view>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

using Labels = std::vector<prometheus::ClientMetric::Label>;

/// Takes the series of one metric family that come from one place, such as one pool. What is not known adds
/// nothing. One thread at a time; refers to a family that somebody else owns.
class SeriesSink {
 public:
  /// `common`: the labels that say where the series come from. REQUIRES: both outlive the sink.
  SeriesSink(prometheus::MetricFamily& family, const Labels& common) : family_(family), common_(common) {}

  void add(double value);
  /// With one more label, whose value is UTF-8.
  void add(double value, std::string_view label, std::string_view label_value);
  /// With further labels, whose values are UTF-8.
  void add(double value, const Labels& further);
  void add(const std::optional<Histogram>& histogram);

  /// A count, a number of seconds or a truth: 1 is true.
  template <typename Number>
  void add(const std::optional<Number>& value) {
    if (value) add(static_cast<double>(*value));
  }
  template <typename Number>
  void add(const std::optional<Number>& value, std::string_view label, std::string_view label_value) {
    if (value) add(static_cast<double>(*value), label, label_value);
  }
  /// Unix seconds.
  void add(const std::optional<WallTime>& time);

 private:
  prometheus::ClientMetric& append(std::size_t further_labels);
  void set(prometheus::ClientMetric& series, double value) const;

  prometheus::MetricFamily& family_;
  const Labels& common_;
};

}  // namespace dbpool
