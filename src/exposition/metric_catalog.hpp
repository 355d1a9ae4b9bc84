#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "exposition/series_sink.hpp"
#include "model/unit.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// An info is always 1 and describes by its labels. A state set is 1 for the states that hold and 0 for the
/// others.
enum class MetricType { counter, gauge, histogram, info, state_set };

/// Returns the type in the text format 0.0.4, where infos and state sets are gauges.
constexpr std::string_view text_type(MetricType t) {
  constexpr std::array<std::string_view, 5> names{"counter", "gauge", "histogram", "gauge", "gauge"};
  return names[index_of(t)];
}

/// Reads a metric from a report: adds its known series to a sink, after the report's labels: `source` and
/// `pool`, `source`, or none.
using PoolReader = void (*)(const PoolReport&, SeriesSink&);
using SourceReader = void (*)(const SourceReport&, SeriesSink&);
using ExporterReader = void (*)(const ExporterReport&, SeriesSink&);

/// The complete description of one metric.
struct Metric {
  std::string_view name;
  MetricType type;
  Unit unit;                    ///< of its values; a word of the name
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
