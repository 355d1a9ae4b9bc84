#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sources/prometheus/sample.hpp"

namespace dbpool {

/// What a pushed metric measures. The names are those of the OpenTelemetry protocol.
enum class PointKind { gauge, sum, histogram, exponential, summary };

/// Whether points of a metric add to the points before them or replace them. The values are those of the
/// OpenTelemetry protocol.
enum class Temporality { unspecified, delta, cumulative };

struct PushedMetric {
  std::string_view name, unit, scope;
  PointKind kind = PointKind::gauge;
  Temporality temporality = Temporality::unspecified;
  bool is_monotonic = false;  ///< of a sum
};

struct PushedExemplar {
  double value = 0;                    ///< in the unit of the metric
  std::uint64_t time = 0;              ///< Unix time in nanoseconds
  std::string_view trace_id, span_id;  ///< the bytes themselves, not as hexadecimal digits
};

/// The buckets of an exponential histogram. Bucket i has the upper bound base^(offset + i + 1) with
/// base = 2^(2^-scale).
struct ExponentialBuckets {
  std::int32_t scale = 0, offset = 0;
  std::span<const std::uint64_t> counts;
  std::uint64_t zero_count = 0;
  double zero_threshold = 0;
};

/// One data point, in the unit of its metric.
struct PushedPoint {
  std::span<const SampleLabel> attributes;  ///< sorted by name; no name occurs twice
  std::uint64_t start = 0, time = 0;        ///< Unix time in nanoseconds; 0 = not sent
  bool has_value = true;                    ///< false: the sender says that the series has ended
  double value = 0;                         ///< of a gauge or sum
  // Of a histogram, exponential histogram or summary.
  std::uint64_t count = 0;
  std::optional<double> sum;
  std::span<const double> bounds;  ///< of a histogram, without +Inf
  std::span<const std::uint64_t>
      counts;  ///< of a histogram, not cumulative; without counts: count and sum alone
  /// Of a histogram in place of bounds and counts: single values, for the usual bounds. Each counts `count`
  /// divided by their number times.
  std::span<const double> observed;
  ExponentialBuckets exponential;
  std::span<const PushedExemplar> exemplars;
};

/// Receives the points of one push, one resource after the other. All views are valid during the call.
class PointSink {
 public:
  virtual ~PointSink() = default;
  /// Returns whether the points of a metric are needed; if not, they are not read.
  virtual bool wants(std::string_view metric) const = 0;
  /// Begins a resource. `attributes`: those within the bounds, sorted by name; no name occurs twice.
  virtual void resource(std::span<const SampleLabel> attributes) = 0;
  virtual void point(const PushedMetric& metric, const PushedPoint& point) = 0;
  /// Reports a point whose values contradict each other or the protocol. `attributes`: those within the
  /// bounds.
  virtual void malformed(const PushedMetric& metric, std::span<const SampleLabel> attributes,
                         std::string_view why) = 0;
};

}  // namespace dbpool
