#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

#include "snapshot/snapshotter.hpp"
#include "sources/probe.hpp"

namespace dbpool::test {

/// The source that has been read; further pools of it are dropped.
inline const std::string read_source = "src";
inline constexpr unsigned most_pools = 8;

/// What the exporter makes of one reading, on the way that every reading takes: bounded, judged, written.
class ShownReading {
 public:
  ShownReading(SourceKind kind, ProbeResult result);

  /// Requires what holds for any reading of any source. `input`: what was read.
  void require_sound(std::string_view input) const;
  const FleetSnapshot& fleet() const noexcept { return fleet_; }
  /// In the text format.
  const std::string& metrics() const noexcept { return metrics_; }

 private:
  void require_bounded(std::string_view input) const;
  void require_figures(std::string_view input) const;
  void require_series(std::string_view input) const;
  void require_documents(std::string_view input) const;

  ProbeResult result_;
  Snapshotter snapshotter_;
  FleetSnapshot fleet_;
  std::vector<prometheus::MetricFamily> families_;
  std::string metrics_;
};

}  // namespace dbpool::test
