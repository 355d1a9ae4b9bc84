#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exposition/series_sink.hpp"

namespace dbpool {

/// Writes Prometheus' text format 0.0.4, with the shortest digits that identify a number. A bucket's bound is
/// spelled as OpenMetrics requires and as Prometheus 3 stores it, so that `le` is the same in every format.
/// Format: https://prometheus.io/docs/instrumenting/exposition_formats/
class TextWriter : public SeriesSink {
 public:
  void begin_metric(const Metric& metric) override;
  void begin_report(Labels labels) override;

  /// Returns the text of all series and ends the writer.
  std::string take() { return std::move(out_); }

 private:
  void write(double value, Labels further) override;
  void write(const Histogram& histogram) override;
  void add_head();
  void begin_line(std::string_view suffix, std::string_view labels);
  void spell(const std::vector<double>& bounds);

  std::string out_;
  const Metric* metric_ = nullptr;
  bool has_head_ = false;             ///< of `metric_`
  std::string report_;                ///< the report's labels as text
  std::vector<double> bounds_;        ///< of the last histogram
  std::vector<std::string> spelled_;  ///< `bounds_` as text, and +Inf
};

}  // namespace dbpool
