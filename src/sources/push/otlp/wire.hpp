#pragma once

#include <cstdint>
#include <protozero/pbf_message.hpp>
#include <string_view>

#include "dbpool/model/error.hpp"

/// The fields of OTLP that are read, by their numbers in opentelemetry-proto 1.9 (metrics.proto,
/// common.proto, resource.proto, metrics_service.proto), and typed access to them.
namespace dbpool::otlp_wire {

using Tag = protozero::pbf_tag_type;

enum class Request : Tag { resource_metrics = 1 };
enum class ResourceMetrics : Tag { resource = 1, scope_metrics = 2 };
enum class Resource : Tag { attributes = 1 };
enum class ScopeMetrics : Tag { scope = 1, metrics = 2 };
enum class Scope : Tag { name = 1 };
enum class Metric : Tag {
  name = 1,
  unit = 3,
  gauge = 5,
  sum = 7,
  histogram = 9,
  exponential = 10,
  summary = 11
};
/// Gauge, Sum, Histogram, ExponentialHistogram and Summary, which have no more than these.
enum class Data : Tag { points = 1, temporality = 2, is_monotonic = 3 };
enum class NumberPoint : Tag {
  start = 2,
  time = 3,
  as_double = 4,
  exemplars = 5,
  as_int = 6,
  attributes = 7,
  flags = 8
};
enum class HistogramPoint : Tag {
  start = 2,
  time = 3,
  count = 4,
  sum = 5,
  counts = 6,
  bounds = 7,
  exemplars = 8,
  attributes = 9,
  flags = 10
};
enum class ExponentialPoint : Tag {
  attributes = 1,
  start = 2,
  time = 3,
  count = 4,
  sum = 5,
  scale = 6,
  zero_count = 7,
  positive = 8,
  negative = 9,
  flags = 10,
  exemplars = 11,
  zero_threshold = 14
};
enum class Buckets : Tag { offset = 1, counts = 2 };
enum class SummaryPoint : Tag { start = 2, time = 3, count = 4, sum = 5, attributes = 7, flags = 8 };
enum class Exemplar : Tag { time = 2, as_double = 3, span_id = 4, trace_id = 5, as_int = 6 };
enum class KeyValue : Tag { key = 1, value = 2 };
enum class AnyValue : Tag { text = 1, truth = 2, integer = 3, number = 4 };
/// ExportMetricsServiceResponse and its ExportMetricsPartialSuccess; google.rpc.Status.
enum class Response : Tag { partial_success = 1 };
enum class PartialSuccess : Tag { rejected = 1, message = 2 };
enum class Status : Tag { code = 1, message = 2 };

/// The bit of `flags` that says that a series has ended.
inline constexpr std::uint32_t no_recorded_value = 1;

/// A message whose fields are read one after the other.
template <typename Field>
using Message = protozero::pbf_message<Field>;

inline protozero::data_view viewed(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

/// throws Error unless the current field is encoded in this way.
inline void require(const protozero::pbf_reader& field, protozero::pbf_wire_type type) {
  if (field.wire_type() != type)
    throw Error("the body is not an ExportMetricsServiceRequest: a field has another type");
}

// The value of the current field. throws Error if it has another type, or protozero::exception if it is cut
// off.

inline std::string_view bytes_of(protozero::pbf_reader& field) {
  require(field, protozero::pbf_wire_type::length_delimited);
  const protozero::data_view view = field.get_view();
  return {view.data(), view.size()};
}
inline std::uint64_t fixed_of(protozero::pbf_reader& field) {
  require(field, protozero::pbf_wire_type::fixed64);
  return field.get_fixed64();
}
inline std::int64_t signed_fixed_of(protozero::pbf_reader& field) {
  require(field, protozero::pbf_wire_type::fixed64);
  return field.get_sfixed64();
}
inline double double_of(protozero::pbf_reader& field) {
  require(field, protozero::pbf_wire_type::fixed64);
  return field.get_double();
}
/// Returns a varint; an `int32` or `enum` is sign-extended, as on the wire.
inline std::int64_t varint_of(protozero::pbf_reader& field) {
  require(field, protozero::pbf_wire_type::varint);
  return field.get_int64();
}
inline std::int32_t zigzag_of(protozero::pbf_reader& field) {
  require(field, protozero::pbf_wire_type::varint);
  return field.get_sint32();
}

}  // namespace dbpool::otlp_wire
