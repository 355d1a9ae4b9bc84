#include "sources/push/otlp/json_schema.hpp"

#include <algorithm>
#include <array>

#include "sources/push/otlp/wire.hpp"

namespace dbpool {

namespace wire = otlp_wire;

namespace {

using enum OtlpMessage;
using Type = OtlpType;

template <typename Field>
constexpr OtlpKey scalar(OtlpMessage of, std::string_view key, Field field, Type type) {
  return {of, key, static_cast<std::uint32_t>(field), type};
}
template <typename Field>
constexpr OtlpKey scalars(OtlpMessage of, std::string_view key, Field field, Type type) {
  return {of, key, static_cast<std::uint32_t>(field), type, true};
}
template <typename Field>
constexpr OtlpKey one(OtlpMessage of, std::string_view key, Field field, OtlpMessage message) {
  return {of, key, static_cast<std::uint32_t>(field), Type::message, false, message};
}
template <typename Field>
constexpr OtlpKey list(OtlpMessage of, std::string_view key, Field field, OtlpMessage message) {
  return {of, key, static_cast<std::uint32_t>(field), Type::message, true, message};
}
/// One of the keys of a `oneof`: no two of them may be there.
constexpr OtlpKey either(OtlpKey key) {
  key.is_alternative = true;
  return key;
}

constexpr std::array keys{
    list(request, "resourceMetrics", wire::Request::resource_metrics, resource_metrics),
    one(resource_metrics, "resource", wire::ResourceMetrics::resource, resource),
    list(resource_metrics, "scopeMetrics", wire::ResourceMetrics::scope_metrics, scope_metrics),
    list(resource, "attributes", wire::Resource::attributes, key_value),
    one(scope_metrics, "scope", wire::ScopeMetrics::scope, scope),
    list(scope_metrics, "metrics", wire::ScopeMetrics::metrics, metric),
    scalar(scope, "name", wire::Scope::name, Type::text),

    scalar(metric, "name", wire::Metric::name, Type::text),
    scalar(metric, "unit", wire::Metric::unit, Type::text),
    either(one(metric, "gauge", wire::Metric::gauge, gauge)),
    either(one(metric, "sum", wire::Metric::sum, sum)),
    either(one(metric, "histogram", wire::Metric::histogram, histogram)),
    either(one(metric, "exponentialHistogram", wire::Metric::exponential, exponential)),
    either(one(metric, "summary", wire::Metric::summary, summary)),
    list(gauge, "dataPoints", wire::Data::points, number_point),
    list(sum, "dataPoints", wire::Data::points, number_point),
    scalar(sum, "aggregationTemporality", wire::Data::temporality, Type::temporality),
    scalar(sum, "isMonotonic", wire::Data::is_monotonic, Type::truth),
    list(histogram, "dataPoints", wire::Data::points, histogram_point),
    scalar(histogram, "aggregationTemporality", wire::Data::temporality, Type::temporality),
    list(exponential, "dataPoints", wire::Data::points, exponential_point),
    scalar(exponential, "aggregationTemporality", wire::Data::temporality, Type::temporality),
    list(summary, "dataPoints", wire::Data::points, summary_point),

    list(number_point, "attributes", wire::NumberPoint::attributes, key_value),
    scalar(number_point, "startTimeUnixNano", wire::NumberPoint::start, Type::fixed),
    scalar(number_point, "timeUnixNano", wire::NumberPoint::time, Type::fixed),
    either(scalar(number_point, "asDouble", wire::NumberPoint::as_double, Type::real)),
    either(scalar(number_point, "asInt", wire::NumberPoint::as_int, Type::signed_fixed)),
    list(number_point, "exemplars", wire::NumberPoint::exemplars, exemplar),
    scalar(number_point, "flags", wire::NumberPoint::flags, Type::varint),

    list(histogram_point, "attributes", wire::HistogramPoint::attributes, key_value),
    scalar(histogram_point, "startTimeUnixNano", wire::HistogramPoint::start, Type::fixed),
    scalar(histogram_point, "timeUnixNano", wire::HistogramPoint::time, Type::fixed),
    scalar(histogram_point, "count", wire::HistogramPoint::count, Type::fixed),
    scalar(histogram_point, "sum", wire::HistogramPoint::sum, Type::real),
    scalars(histogram_point, "bucketCounts", wire::HistogramPoint::counts, Type::fixed),
    scalars(histogram_point, "explicitBounds", wire::HistogramPoint::bounds, Type::real),
    list(histogram_point, "exemplars", wire::HistogramPoint::exemplars, exemplar),
    scalar(histogram_point, "flags", wire::HistogramPoint::flags, Type::varint),

    list(exponential_point, "attributes", wire::ExponentialPoint::attributes, key_value),
    scalar(exponential_point, "startTimeUnixNano", wire::ExponentialPoint::start, Type::fixed),
    scalar(exponential_point, "timeUnixNano", wire::ExponentialPoint::time, Type::fixed),
    scalar(exponential_point, "count", wire::ExponentialPoint::count, Type::fixed),
    scalar(exponential_point, "sum", wire::ExponentialPoint::sum, Type::real),
    scalar(exponential_point, "scale", wire::ExponentialPoint::scale, Type::zigzag),
    scalar(exponential_point, "zeroCount", wire::ExponentialPoint::zero_count, Type::fixed),
    scalar(exponential_point, "zeroThreshold", wire::ExponentialPoint::zero_threshold, Type::real),
    one(exponential_point, "positive", wire::ExponentialPoint::positive, buckets),
    one(exponential_point, "negative", wire::ExponentialPoint::negative, buckets),
    list(exponential_point, "exemplars", wire::ExponentialPoint::exemplars, exemplar),
    scalar(exponential_point, "flags", wire::ExponentialPoint::flags, Type::varint),
    scalar(buckets, "offset", wire::Buckets::offset, Type::zigzag),
    scalars(buckets, "bucketCounts", wire::Buckets::counts, Type::varint),

    list(summary_point, "attributes", wire::SummaryPoint::attributes, key_value),
    scalar(summary_point, "startTimeUnixNano", wire::SummaryPoint::start, Type::fixed),
    scalar(summary_point, "timeUnixNano", wire::SummaryPoint::time, Type::fixed),
    scalar(summary_point, "count", wire::SummaryPoint::count, Type::fixed),
    scalar(summary_point, "sum", wire::SummaryPoint::sum, Type::real),
    scalar(summary_point, "flags", wire::SummaryPoint::flags, Type::varint),

    scalar(exemplar, "timeUnixNano", wire::Exemplar::time, Type::fixed),
    either(scalar(exemplar, "asDouble", wire::Exemplar::as_double, Type::real)),
    either(scalar(exemplar, "asInt", wire::Exemplar::as_int, Type::signed_fixed)),
    scalar(exemplar, "spanId", wire::Exemplar::span_id, Type::id),
    scalar(exemplar, "traceId", wire::Exemplar::trace_id, Type::id),

    scalar(key_value, "key", wire::KeyValue::key, Type::text),
    one(key_value, "value", wire::KeyValue::value, any_value),
    either(scalar(any_value, "stringValue", wire::AnyValue::text, Type::text)),
    either(scalar(any_value, "boolValue", wire::AnyValue::truth, Type::truth)),
    either(scalar(any_value, "intValue", wire::AnyValue::integer, Type::signed_varint)),
    either(scalar(any_value, "doubleValue", wire::AnyValue::number, Type::real)),
};

}  // namespace

const OtlpKey* otlp_key(OtlpMessage of, std::string_view key) {
  const auto* const found =
      std::ranges::find_if(keys, [&](const OtlpKey& one) { return one.of == of && one.key == key; });
  return found == keys.end() ? nullptr : found;
}

}  // namespace dbpool
