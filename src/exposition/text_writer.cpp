#include "exposition/text_writer.hpp"

#include <prometheus/metric_family.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <ostream>
#include <string_view>

namespace dbpool {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Whole numbers below it are written without an exponent: they are counts, and people read them.
constexpr double largest_plain = 1e18;

/// The approximate size of one series.
constexpr std::size_t bytes_a_series = 90;

template <typename... Number>
void add_number(std::string& out, Number... number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number...).ptr;
  out.append(digits.data(), end);
}

void add_value(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else if (std::abs(value) < largest_plain && value == std::trunc(value)) {
    add_number(out, static_cast<std::int64_t>(value));
  } else {
    // As Go and Python write it, because `le` is matched as text.
    add_number(out, value, std::chars_format::general);
  }
}

/// Escapes backslash, newline and the characters in `also`.
void add_escaped(std::string& out, std::string_view text, std::string_view also) {
  const auto special = [&](char c) {
    return c == '\\' || c == '\n' || also.find(c) != std::string_view::npos;
  };
  for (const char c : text) {
    if (special(c)) out += '\\';
    out += c == '\n' ? 'n' : c;
  }
}

/// Returns `name="value",name="value"`.
std::string labels_of(const ClientMetric& metric) {
  std::string labels;
  for (const auto& label : metric.label) {
    if (!labels.empty()) labels += ',';
    labels += label.name;
    labels += "=\"";
    add_escaped(labels, label.value, "\"");
    labels += '"';
  }
  return labels;
}

void add_head(std::string& out, std::string_view name, std::string_view labels) {
  out += name;
  if (!labels.empty()) {
    out += '{';
    out += labels;
    out += '}';
  }
  out += ' ';
}

void add_histogram(std::string& out, const std::string& name, const std::string& labels,
                   const ClientMetric::Histogram& histogram) {
  const std::string bucket = name + "_bucket{" + labels + (labels.empty() ? "le=\"" : ",le=\"");
  for (const auto& [count, bound] : histogram.bucket) {
    out += bucket;
    add_value(out, bound);
    out += "\"} ";
    add_number(out, count);
    out += '\n';
  }
  add_head(out, name + "_sum", labels);
  add_value(out, histogram.sample_sum);
  out += '\n';
  add_head(out, name + "_count", labels);
  add_number(out, histogram.sample_count);
  out += '\n';
}

void add_family(std::string& out, const MetricFamily& family) {
  const bool counter = family.type == MetricType::Counter;
  const bool histogram = family.type == MetricType::Histogram;
  out += "# HELP " + family.name + ' ';
  add_escaped(out, family.help, "");
  out += "\n# TYPE " + family.name + (counter ? " counter\n" : histogram ? " histogram\n" : " gauge\n");
  for (const ClientMetric& metric : family.metric) {
    const std::string labels = labels_of(metric);
    if (histogram) {
      add_histogram(out, family.name, labels, metric.histogram);
    } else {
      add_head(out, family.name, labels);
      add_value(out, counter ? metric.counter.value : metric.gauge.value);
      out += '\n';
    }
  }
}

}  // namespace

void TextWriter::Serialize(std::ostream& out, const std::vector<MetricFamily>& families) const {
  out << text(families);
}

std::string TextWriter::text(const std::vector<MetricFamily>& families) const {
  std::size_t series = 0;
  for (const MetricFamily& family : families) {
    for (const ClientMetric& metric : family.metric) series += 1 + metric.histogram.bucket.size();
  }
  std::string out;
  out.reserve(series * bytes_a_series);
  for (const MetricFamily& family : families) add_family(out, family);
  return out;
}

}  // namespace dbpool
