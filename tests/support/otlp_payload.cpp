#include "support/otlp_payload.hpp"

#include <array>
#include <cmath>
#include <protozero/pbf_writer.hpp>

namespace dbpool::test {

namespace {

using nlohmann::json;
using protozero::pbf_writer;

// The numbers are written out, and not those of the code under test.

void write_attributes(pbf_writer& out, protozero::pbf_tag_type field, const OtlpAttributeList& attributes) {
  for (const auto& [name, value] : attributes) {
    pbf_writer pair(out, field);
    pair.add_string(1, name);
    pbf_writer any(pair, 2);
    if (const auto* const text = std::get_if<std::string>(&value)) any.add_string(1, *text);
    if (const auto* const truth = std::get_if<bool>(&value)) any.add_bool(2, *truth);
    if (const auto* const integer = std::get_if<std::int64_t>(&value)) any.add_int64(3, *integer);
    if (const auto* const number = std::get_if<double>(&value)) any.add_double(4, *number);
  }
}

void write_exemplars(pbf_writer& out, protozero::pbf_tag_type field, const OtlpPoint& point) {
  for (const OtlpExemplar& exemplar : point.exemplars) {
    pbf_writer message(out, field);
    message.add_fixed64(2, exemplar.time);
    message.add_double(3, exemplar.value);
    message.add_bytes(4, exemplar.span_id);
    message.add_bytes(5, exemplar.trace_id);
  }
}

void write_times(pbf_writer& out, const OtlpPoint& point) {
  out.add_fixed64(2, point.start);
  out.add_fixed64(3, point.time);
}

void write_number(pbf_writer& out, const OtlpPoint& point) {
  write_times(out, point);
  if (point.value) out.add_double(4, *point.value);
  if (point.integer) out.add_sfixed64(6, *point.integer);
  write_exemplars(out, 5, point);
  write_attributes(out, 7, point.attributes);
  if (point.flags != 0) out.add_uint32(8, point.flags);
}

void write_histogram(pbf_writer& out, const OtlpPoint& point) {
  write_times(out, point);
  out.add_fixed64(4, point.count);
  if (point.sum) out.add_double(5, *point.sum);
  out.add_packed_fixed64(6, point.counts.begin(), point.counts.end());
  out.add_packed_double(7, point.bounds.begin(), point.bounds.end());
  write_exemplars(out, 8, point);
  write_attributes(out, 9, point.attributes);
  if (point.flags != 0) out.add_uint32(10, point.flags);
}

void write_buckets(pbf_writer& out, protozero::pbf_tag_type field, std::int32_t offset,
                   const std::vector<std::uint64_t>& counts) {
  pbf_writer buckets(out, field);
  buckets.add_sint32(1, offset);
  buckets.add_packed_uint64(2, counts.begin(), counts.end());
}

void write_exponential(pbf_writer& out, const OtlpPoint& point) {
  write_times(out, point);
  out.add_fixed64(4, point.count);
  if (point.sum) out.add_double(5, *point.sum);
  out.add_sint32(6, point.scale);
  out.add_fixed64(7, point.zero_count);
  write_buckets(out, 8, point.offset, point.counts);
  if (!point.negative_counts.empty()) write_buckets(out, 9, 0, point.negative_counts);
  if (point.flags != 0) out.add_uint32(10, point.flags);
  write_exemplars(out, 11, point);
  out.add_double(14, point.zero_threshold);
  write_attributes(out, 1, point.attributes);
}

void write_summary(pbf_writer& out, const OtlpPoint& point) {
  write_times(out, point);
  out.add_fixed64(4, point.count);
  if (point.sum) out.add_double(5, *point.sum);
  write_attributes(out, 7, point.attributes);
  if (point.flags != 0) out.add_uint32(8, point.flags);
}

void write_point(pbf_writer& out, PointKind kind, const OtlpPoint& point) {
  pbf_writer message(out, 1);
  switch (kind) {
    case PointKind::gauge:
    case PointKind::sum:
      return write_number(message, point);
    case PointKind::histogram:
      return write_histogram(message, point);
    case PointKind::exponential:
      return write_exponential(message, point);
    case PointKind::summary:
      return write_summary(message, point);
  }
}

void write_metric(pbf_writer& out, const OtlpMetric& metric) {
  constexpr std::array<protozero::pbf_tag_type, 5> fields{5, 7, 9, 10, 11};
  pbf_writer message(out, 2);
  message.add_string(1, metric.name);
  if (!metric.unit.empty()) message.add_string(3, metric.unit);
  pbf_writer data(message, fields.at(static_cast<std::size_t>(metric.kind)));
  for (const OtlpPoint& point : metric.points) write_point(data, metric.kind, point);
  if (metric.kind == PointKind::gauge || metric.kind == PointKind::summary) return;
  data.add_enum(2, static_cast<std::int32_t>(metric.temporality));
  if (metric.kind == PointKind::sum) data.add_bool(3, metric.is_monotonic);
}

json real(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return number;
}

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0xfU];
  }
  return text;
}

json attributes_json(const OtlpAttributeList& attributes) {
  json list = json::array();
  for (const auto& [name, value] : attributes) {
    json any;
    if (const auto* const text = std::get_if<std::string>(&value)) any["stringValue"] = *text;
    if (const auto* const truth = std::get_if<bool>(&value)) any["boolValue"] = *truth;
    if (const auto* const integer = std::get_if<std::int64_t>(&value)) {
      any["intValue"] = std::to_string(*integer);
    }
    if (const auto* const number = std::get_if<double>(&value)) any["doubleValue"] = real(*number);
    list.push_back({{"key", name}, {"value", any}});
  }
  return list;
}

/// Times are texts and counts are numbers, as JavaScript writes them.
json point_json(PointKind kind, const OtlpPoint& point) {
  json made{{"attributes", attributes_json(point.attributes)},
            {"startTimeUnixNano", std::to_string(point.start)},
            {"timeUnixNano", std::to_string(point.time)},
            {"flags", point.flags}};
  for (const OtlpExemplar& exemplar : point.exemplars) {
    made["exemplars"].push_back({{"timeUnixNano", std::to_string(exemplar.time)},
                                 {"asDouble", real(exemplar.value)},
                                 {"traceId", hex_of(exemplar.trace_id)},
                                 {"spanId", hex_of(exemplar.span_id)}});
  }
  if (kind == PointKind::gauge || kind == PointKind::sum) {
    if (point.value) made["asDouble"] = real(*point.value);
    if (point.integer) made["asInt"] = std::to_string(*point.integer);
    return made;
  }
  made["count"] = point.count;
  if (point.sum) made["sum"] = real(*point.sum);
  if (kind == PointKind::histogram) {
    made["bucketCounts"] = point.counts;
    made["explicitBounds"] = json::array();
    for (const double bound : point.bounds) made["explicitBounds"].push_back(real(bound));
  } else if (kind == PointKind::exponential) {
    made["scale"] = point.scale;
    made["zeroCount"] = point.zero_count;
    made["zeroThreshold"] = point.zero_threshold;
    made["positive"] = {{"offset", point.offset}, {"bucketCounts", point.counts}};
    if (!point.negative_counts.empty()) made["negative"] = {{"bucketCounts", point.negative_counts}};
  }
  return made;
}

json metric_json(const OtlpMetric& metric) {
  constexpr std::array<const char*, 5> names{"gauge", "sum", "histogram", "exponentialHistogram", "summary"};
  json data{{"dataPoints", json::array()}};
  for (const OtlpPoint& point : metric.points) data["dataPoints"].push_back(point_json(metric.kind, point));
  if (metric.kind != PointKind::gauge && metric.kind != PointKind::summary) {
    data["aggregationTemporality"] = static_cast<int>(metric.temporality);
    if (metric.kind == PointKind::sum) data["isMonotonic"] = metric.is_monotonic;
  }
  return {
      {"name", metric.name}, {"unit", metric.unit}, {names.at(static_cast<std::size_t>(metric.kind)), data}};
}

}  // namespace

std::string otlp_protobuf(const OtlpRequest& request) {
  std::string bytes;
  pbf_writer message(bytes);
  for (const OtlpResource& resource : request) {
    pbf_writer resource_metrics(message, 1);
    {
      pbf_writer described(resource_metrics, 1);
      write_attributes(described, 1, resource.attributes);
    }
    pbf_writer scope_metrics(resource_metrics, 2);
    for (const OtlpMetric& metric : resource.metrics) write_metric(scope_metrics, metric);
    pbf_writer(scope_metrics, 1).add_string(1, resource.scope);
  }
  return bytes;
}

json otlp_json(const OtlpRequest& request) {
  json resources = json::array();
  for (const OtlpResource& resource : request) {
    json metrics = json::array();
    for (const OtlpMetric& metric : resource.metrics) metrics.push_back(metric_json(metric));
    resources.push_back({{"resource", {{"attributes", attributes_json(resource.attributes)}}},
                         {"scopeMetrics", {{{"scope", {{"name", resource.scope}}}, {"metrics", metrics}}}}});
  }
  return {{"resourceMetrics", resources}};
}

}  // namespace dbpool::test
