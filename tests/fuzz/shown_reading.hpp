#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

#include "snapshot/snapshotter.hpp"
#include "sources/probe.hpp"

namespace dbpool::test {

/// The name of the source that is read. `most_pools`: its limit; further pools are dropped.
inline const std::string read_source = "src";
inline constexpr unsigned most_pools = 8;

/// The exporter's output for one reading, produced like that of any reading: limited, assessed, written.
class ShownReading {
 public:
  ShownReading(SourceKind kind, ProbeResult result);

  /// Requires the properties of any reading of any source. `input`: the text that was read.
  void require_sound(std::string_view input) const;
  const FleetSnapshot& fleet() const noexcept { return fleet_; }
  /// Returns the metrics in the text format.
  const std::string& metrics() const noexcept { return metrics_; }

 private:
  void require_bounded(std::string_view input) const;
  void require_figures(std::string_view input) const;
  void require_series(std::string_view input) const;
  void require_openmetrics(std::string_view input) const;
  void require_documents(std::string_view input) const;

  ProbeResult result_;
  Snapshotter snapshotter_;
  FleetSnapshot fleet_;
  std::vector<prometheus::MetricFamily> families_;
  std::string metrics_;
};

}  // namespace dbpool::test
