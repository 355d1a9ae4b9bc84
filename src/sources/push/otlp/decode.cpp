#include "sources/push/otlp/decode.hpp"

#include <optional>

#include "dbpool/model/error.hpp"
#include "sources/push/otlp/attributes.hpp"
#include "sources/push/otlp/points.hpp"
#include "sources/push/otlp/wire.hpp"

namespace dbpool {

namespace wire = otlp_wire;

namespace {

std::optional<PointKind> point_kind_of(wire::Metric field) {
  switch (field) {
    case wire::Metric::gauge:
      return PointKind::gauge;
    case wire::Metric::sum:
      return PointKind::sum;
    case wire::Metric::histogram:
      return PointKind::histogram;
    case wire::Metric::exponential:
      return PointKind::exponential;
    case wire::Metric::summary:
      return PointKind::summary;
    default:
      return std::nullopt;
  }
}

Temporality temporality_of(std::int64_t number) {
  const bool is_known = number == 1 || number == 2;
  return is_known ? static_cast<Temporality>(number) : Temporality::unspecified;
}

/// Calls `visit` with each message in a repeated field, and skips the other fields.
template <typename Field, typename Visit>
void for_each(std::string_view bytes, Field wanted, Visit visit) {
  wire::Message<Field> message(wire::viewed(bytes));
  while (message.next()) {
    if (message.tag() == wanted) {
      visit(wire::bytes_of(message));
    } else {
      message.skip();
    }
  }
}

/// Reads a message twice where one of its fields decides how the others are read, because fields come in any
/// order. No message contains its own kind, so no input uses up the stack.
class Decoder {
 public:
  explicit Decoder(PointSink& sink) : sink_(sink) {}

  void request(std::string_view bytes) {
    for_each(bytes, wire::Request::resource_metrics, [&](std::string_view part) { resource_metrics(part); });
  }

 private:
  void resource_metrics(std::string_view bytes) {
    resource_.clear();
    for_each(bytes, wire::ResourceMetrics::resource, [&](std::string_view resource) {
      for_each(resource, wire::Resource::attributes, [&](std::string_view part) { resource_.add(part); });
    });
    sink_.resource(resource_.sorted());
    for_each(bytes, wire::ResourceMetrics::scope_metrics,
             [&](std::string_view part) { scope_metrics(part); });
  }

  void scope_metrics(std::string_view bytes) {
    std::string_view scope;
    for_each(bytes, wire::ScopeMetrics::scope, [&](std::string_view part) {
      for_each(part, wire::Scope::name, [&](std::string_view name) { scope = name; });
    });
    for_each(bytes, wire::ScopeMetrics::metrics, [&](std::string_view part) { metric(scope, part); });
  }

  void metric(std::string_view scope, std::string_view bytes) {
    wire::Message<wire::Metric> message(wire::viewed(bytes));
    PushedMetric metric;
    metric.scope = scope;
    std::optional<std::string_view> data;
    while (message.next()) {
      if (const auto kind = point_kind_of(message.tag())) {
        metric.kind = *kind;
        data = wire::bytes_of(message);
      } else if (message.tag() == wire::Metric::name) {
        metric.name = wire::bytes_of(message);
      } else if (message.tag() == wire::Metric::unit) {
        metric.unit = wire::bytes_of(message);
      } else {
        message.skip();
      }
    }
    if (data && sink_.wants(metric.name)) points(metric, *data);
  }

  void points(PushedMetric& metric, std::string_view data) {
    wire::Message<wire::Data> message(wire::viewed(data));
    while (message.next()) {
      switch (message.tag()) {
        case wire::Data::temporality:
          metric.temporality = temporality_of(wire::varint_of(message));
          break;
        case wire::Data::is_monotonic:
          metric.is_monotonic = wire::varint_of(message) != 0;
          break;
        default:
          message.skip();
      }
    }
    for_each(data, wire::Data::points, [&](std::string_view part) { point(metric, part); });
  }

  void point(const PushedMetric& metric, std::string_view bytes) {
    const PushedPoint& point = points_.read(metric.kind, bytes);
    auto problem = resource_.problem();
    if (problem.empty()) problem = points_.problem();
    if (problem.empty()) {
      sink_.point(metric, point);
    } else {
      sink_.malformed(metric, point.attributes, problem);
    }
  }

  PointSink& sink_;
  OtlpAttributes resource_;
  OtlpPoints points_;
};

}  // namespace

void decode_otlp(std::string_view protobuf, PointSink& sink) {
  try {
    Decoder(sink).request(protobuf);
  } catch (const protozero::exception&) {
    throw Error("the body is not an ExportMetricsServiceRequest: it is cut off, or not protobuf");
  }
}

}  // namespace dbpool
