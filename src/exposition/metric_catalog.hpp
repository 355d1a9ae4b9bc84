#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "exposition/series_sink.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

enum class MetricType { counter, gauge, histogram };
inline constexpr std::array<std::string_view, 3> metric_type_names{"counter", "gauge", "histogram"};
constexpr std::string_view to_string(MetricType t) {
  return metric_type_names[index_of(t)];
}

/// Reads a metric from a report: adds its known series to a sink that has the labels of the scope: `source`
/// and `pool`, `source`, or none.
using PoolReader = void (*)(const PoolReport&, SeriesSink&);
using SourceReader = void (*)(const SourceReport&, SeriesSink&);
using ExporterReader = void (*)(const ExporterReport&, SeriesSink&);

/// The complete description of one metric.
struct Metric {
  std::string_view name;
  MetricType type;
  std::string_view own_labels;  ///< beyond those of its scope, separated by ", "
  std::string_view help;
  std::variant<PoolReader, SourceReader, ExporterReader> read;

  /// Returns all labels, separated by ", ".
  std::string labels() const;
};

/// Returns every metric of this program, in the order in which it writes them.
std::span<const Metric> metric_catalog();

/// Returns the catalogue as a Markdown table: name, type, labels, help.
std::string catalog_markdown();

}  // namespace dbpool
