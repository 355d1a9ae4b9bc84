#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sources/push/point.hpp"

namespace dbpool::test {

using OtlpValue = std::variant<std::string, bool, std::int64_t, double>;
using OtlpAttributeList = std::vector<std::pair<std::string, OtlpValue>>;

struct OtlpExemplar {
  double value = 0;
  std::uint64_t time = 0;
  std::string trace_id, span_id;  ///< the bytes themselves
};

/// A data point of any kind; the fields of other kinds are not written.
struct OtlpPoint {
  OtlpAttributeList attributes = {};
  std::uint64_t start = 0, time = 0;
  std::optional<double> value = std::nullopt;
  std::optional<std::int64_t> integer = std::nullopt;
  std::uint32_t flags = 0;
  std::uint64_t count = 0;
  std::optional<double> sum = std::nullopt;
  std::vector<double> bounds = {};
  std::vector<std::uint64_t> counts = {};  ///< of a histogram, or the positive ones of an exponential one
  std::vector<std::uint64_t> negative_counts = {};
  std::int32_t scale = 0, offset = 0;
  std::uint64_t zero_count = 0;
  double zero_threshold = 0;
  std::vector<OtlpExemplar> exemplars = {};
};

struct OtlpMetric {
  std::string name, unit;
  PointKind kind = PointKind::gauge;
  Temporality temporality = Temporality::cumulative;  ///< except of a gauge and a summary
  bool is_monotonic = false;                          ///< of a sum
  std::vector<OtlpPoint> points = {};
};

struct OtlpResource {
  OtlpAttributeList attributes;
  std::string scope;
  std::vector<OtlpMetric> metrics;
};

using OtlpRequest = std::vector<OtlpResource>;

/// Returns an ExportMetricsServiceRequest. Attributes are behind the values, as some SDKs write them.
std::string otlp_protobuf(const OtlpRequest& request);
/// Returns the same request in the JSON encoding.
nlohmann::json otlp_json(const OtlpRequest& request);

}  // namespace dbpool::test
