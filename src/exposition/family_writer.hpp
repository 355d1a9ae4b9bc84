#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "exposition/series_sink.hpp"

namespace dbpool {

/// Writes prometheus-cpp's families.
class FamilyWriter : public SeriesSink {
 public:
  void begin_metric(const Metric& metric) override;
  void begin_report(Labels labels) override;

  /// Returns the families that have series.
  std::vector<prometheus::MetricFamily> take();

 private:
  void write(double value, Labels further) override;
  void write(const Histogram& histogram) override;
  prometheus::ClientMetric& append();

  std::vector<prometheus::MetricFamily> families_;
  std::vector<prometheus::ClientMetric::Label> report_;  ///< the labels of the current report
};

}  // namespace dbpool
