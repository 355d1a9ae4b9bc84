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

/// How a metric is read from a report. Adds the known series; each of them has the labels of its scope
/// already: `source` and `pool`, `source`, or none.
using PoolReader = void (*)(const PoolReport&, SeriesSink&);
using SourceReader = void (*)(const SourceReport&, SeriesSink&);
using ExporterReader = void (*)(const ExporterReport&, SeriesSink&);

/// One metric: everything there is to know of it.
struct Metric {
  std::string_view name;
  MetricType type;
  std::string_view own_labels;  ///< beyond those of its scope, separated by ", "
  std::string_view help;
  std::variant<PoolReader, SourceReader, ExporterReader> read;

  /// All labels, separated by ", ".
  std::string labels() const;
};

/// Every metric that this program exports, in the order in which it writes them.
std::span<const Metric> metric_catalog();

/// The catalogue as a Markdown table: name, type, labels, help.
std::string catalog_markdown();

}  // namespace dbpool
