#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/push/otlp/decode.hpp"
#include "support/text/sample_outline.hpp"

namespace dbpool::test {

inline constexpr std::array<std::string_view, 5> point_kind_names{"gauge", "sum", "histogram", "exponential",
                                                                  "summary"};
inline constexpr std::array<std::string_view, 3> temporality_names{"unspecified", "delta", "cumulative"};

template <typename Numbers>
std::string numbers_text(const Numbers& numbers) {
  std::string text;
  for (const auto number : numbers) text += " " + number_text(static_cast<double>(number));
  return text;
}

/// Writes all of a point in one line, with what is not 0 or empty.
inline std::string outline(const PushedMetric& metric, const PushedPoint& point) {
  std::string text(metric.name);
  text.append(labels_text(point.attributes)).append(" ").append(point_kind_names[index_of(metric.kind)]);
  text.append(" ").append(temporality_names[index_of(metric.temporality)]);
  if (metric.is_monotonic) text += " monotonic";
  text.append(" unit=").append(metric.unit).append(" scope=").append(metric.scope);
  text += " " + std::to_string(point.start) + ".." + std::to_string(point.time);
  if (!point.has_value) text += " ended";
  if (point.value != 0) text += " value " + number_text(point.value);
  if (point.count != 0) text += " count " + std::to_string(point.count);
  if (point.sum) text += " sum " + number_text(*point.sum);
  if (!point.bounds.empty()) text += " bounds" + numbers_text(point.bounds);
  if (!point.counts.empty()) text += " counts" + numbers_text(point.counts);
  const ExponentialBuckets& buckets = point.exponential;
  if (metric.kind == PointKind::exponential) {
    text += " scale " + std::to_string(buckets.scale) + " offset " + std::to_string(buckets.offset);
    text += " buckets" + numbers_text(buckets.counts) + " zero " + std::to_string(buckets.zero_count);
    text += " threshold " + number_text(buckets.zero_threshold);
  }
  for (const PushedExemplar& exemplar : point.exemplars) {
    text += " # " + number_text(exemplar.value) + "@" + std::to_string(exemplar.time) + " ";
    text.append(exemplar.trace_id).append("/").append(exemplar.span_id);
  }
  return text;
}

/// Keeps a line for each call.
class PointOutline : public PointSink {
 public:
  using Wants = std::function<bool(std::string_view)>;
  explicit PointOutline(Wants wanted = [](std::string_view) { return true; }) : wants_(std::move(wanted)) {}

  bool wants(std::string_view metric) const override { return wants_(metric); }
  void resource(std::span<const SampleLabel> attributes) override {
    lines.push_back("resource " + labels_text(attributes));
  }
  void point(const PushedMetric& metric, const PushedPoint& point) override {
    lines.push_back(outline(metric, point));
  }
  void malformed(const PushedMetric& metric, std::span<const SampleLabel> /*attributes*/,
                 std::string_view why) override {
    lines.push_back("malformed " + std::string(metric.name) + ": " + std::string(why));
  }

  std::vector<std::string> lines;

 private:
  Wants wants_;
};

/// Returns the lines of a body; those before an error and the error, if there is one.
inline std::vector<std::string> outlined(std::string_view protobuf) {
  PointOutline outline;
  try {
    decode_otlp(protobuf, outline);
  } catch (const Error& error) {
    outline.lines.push_back(std::string("error: ") + error.what());
  }
  return outline.lines;
}

}  // namespace dbpool::test
