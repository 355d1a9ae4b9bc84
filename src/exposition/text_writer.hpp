#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exposition/series_sink.hpp"

namespace dbpool {

/// The text formats of `/metrics`.
enum class MetricsFormat {
  prometheus,   ///< 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
  openmetrics,  ///< 1.0: https://prometheus.io/docs/specs/om/open_metrics_spec/
};

/// Writes a text format, with the shortest digits that identify a number. A bucket's bound is spelled as
/// OpenMetrics requires and as Prometheus 3 stores it, so that `le` is the same in every format. OpenMetrics
/// has units and exemplars besides, and its infos and state sets stay gauges: their names are those of 0.0.4.
class TextWriter : public SeriesSink {
 public:
  explicit TextWriter(MetricsFormat format = MetricsFormat::prometheus) : format_(format) {}

  void begin_metric(const Metric& metric) override;
  void begin_report(Labels labels) override;

  /// Returns the text of all series and ends the writer.
  std::string take();

 private:
  void write(double value, Labels further) override;
  void write(const Histogram& histogram) override;
  void add_head();
  void add_openmetrics_head();
  void add_exemplar(const Histogram& histogram, std::size_t bucket);
  void begin_line(std::string_view suffix, std::string_view labels);
  void spell(const std::vector<double>& bounds);

  const MetricsFormat format_;
  std::string out_;
  const Metric* metric_ = nullptr;
  bool has_head_ = false;             ///< of `metric_`
  std::string report_;                ///< the report's labels as text
  std::vector<double> bounds_;        ///< of the last histogram
  std::vector<std::string> spelled_;  ///< `bounds_` as text, and +Inf
};

}  // namespace dbpool
