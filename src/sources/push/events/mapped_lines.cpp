#include "sources/push/events/mapped_lines.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "sources/push/series_use.hpp"

namespace dbpool {
namespace {

/// What stands for the client in a mapping's templates and conditions, as in pushes of OpenTelemetry.
constexpr std::string_view client_label = "service.instance.id";

std::uint64_t nanoseconds_of(WallTime time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

PushNaming naming_of(const MappedLinesOptions& options) {
  PushNaming naming;
  naming.has_template = true;
  naming.stale_after = options.stale_after;
  naming.latency_objective = options.latency_objective;
  naming.acquisition_buckets = options.acquisition_buckets;
  return naming;
}

PushLimits limits_of(const MappedLinesOptions& options) {
  PushLimits limits;
  limits.pools = options.pools;
  return limits;
}

/// A gauge with a sign is a difference for some clients, and negative for others.
bool is_usable(const StatsdLine& line) {
  const bool has_negative = std::ranges::any_of(line.values, [](double value) { return value < 0; });
  return line.type != StatsdType::set && !has_negative && !(line.type == StatsdType::gauge && line.is_signed);
}

PushedMetric metric_of(const StatsdLine& line) {
  PushedMetric metric{.name = line.name, .unit = {}, .scope = {}};
  if (line.type == StatsdType::gauge) return metric;
  metric.kind = line.type == StatsdType::counter ? PointKind::sum : PointKind::histogram;
  metric.temporality = Temporality::delta;
  metric.is_monotonic = true;
  if (line.type == StatsdType::timing) metric.unit = "ms";
  return metric;
}

/// Returns the values as one point, without labels and times.
PushedPoint point_of(const StatsdLine& line) {
  const double sum = std::accumulate(line.values.begin(), line.values.end(), 0.0);
  PushedPoint point;
  if (line.type == StatsdType::gauge) {
    point.value = line.values.back();
    return point;
  }
  const auto each = static_cast<std::uint64_t>(std::llround(line.weight));
  point.value = sum * line.weight;
  point.observed = line.values;
  point.count = each * line.values.size();
  point.sum = sum * static_cast<double>(each);
  return point;
}

}  // namespace

MappedLines::MappedLines(const MappedLinesOptions& options, WallTime started)
    : mapping_(options.mapping),
      senders_(mapping_, options.source, naming_of(options), limits_of(options)),
      start_(nanoseconds_of(started)),
      newest_(start_) {}

bool MappedLines::wants(std::string_view name) const {
  return wants_metric(mapping_, name);
}

void MappedLines::add(const StatsdLine& line, std::string_view client, const Arrival& at) {
  if (!is_usable(line)) return senders_.refuse(RejectReason::malformed);
  labels_.assign(line.tags.begin(), line.tags.end());
  std::ranges::stable_sort(labels_, {}, &SampleLabel::name);
  const auto repeated = std::ranges::unique(labels_, {}, &SampleLabel::name);
  labels_.erase(repeated.begin(), repeated.end());

  PushedPoint point = point_of(line);
  point.attributes = labels_;
  point.start = start_;
  point.time = newest_ = std::max(newest_ + 1, nanoseconds_of(at.wall));
  const SampleLabel resource{client_label, client};
  Senders::Export pushed = senders_.begin({&resource, client.empty() ? 0U : 1U}, at.now);
  pushed.add(metric_of(line), point);
  pushed.end();
}

}  // namespace dbpool
