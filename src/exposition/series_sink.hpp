#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

struct Metric;

/// A label of a series. Its value is UTF-8.
struct Label {
  std::string_view name, value;
};
using Labels = std::span<const Label>;

/// Takes the series of a fleet, metric by metric and report by report. Each output format implements it. An
/// unknown value adds nothing, and a metric that gets no series is not written. One thread at a time.
class SeriesSink {
 public:
  virtual ~SeriesSink() = default;

  /// Begins a metric: the series that follow belong to it. REQUIRES: `metric` lives until the next one
  /// begins.
  virtual void begin_metric(const Metric& metric) = 0;
  /// Begins a report on a pool, a source or the exporter: each series that follows has its labels first. Does
  /// not keep `labels`.
  virtual void begin_report(Labels labels) = 0;

  void add(double value, Labels further = {}) { write(value, further); }
  void add(double value, const Label& further) { write(value, {&further, 1}); }
  void add(const std::shared_ptr<const Histogram>& histogram) {
    if (histogram) write(*histogram);
  }
  /// Adds Unix seconds.
  void add(const std::optional<WallTime>& time);

  /// Adds a count, a number of seconds, or a boolean as 1 or 0.
  template <typename Number>
  void add(const std::optional<Number>& value) {
    if (value) add(static_cast<double>(*value));
  }
  template <typename Number>
  void add(const std::optional<Number>& value, const Label& further) {
    if (value) add(static_cast<double>(*value), further);
  }

 private:
  /// `further`: labels after those of the report.
  virtual void write(double value, Labels further) = 0;
  virtual void write(const Histogram& histogram) = 0;
};

}  // namespace dbpool
