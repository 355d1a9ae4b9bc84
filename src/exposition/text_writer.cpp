#include "exposition/text_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "dbpool/model/exemplar_labels.hpp"
#include "exposition/metric_catalog.hpp"
#include "model/utf8.hpp"

namespace dbpool {
namespace {

/// Whole numbers below it are written without an exponent: they are counts, and people read them.
constexpr double largest_plain = 1e18;

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
    add_number(out, value, std::chars_format::general);
  }
}

/// Returns a bound as Go's and Python's clients write it, because `le` is matched as text: 1.0, 1e-05, 1e+06.
std::string spelled(double bound) {
  std::string text;
  add_number(text, bound, std::chars_format::general);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

/// Adds `text` with a backslash before each backslash and each `special` character, and \n for a newline.
void add_escaped(std::string& out, std::string_view text, std::string_view special) {
  const auto is_special = [&](char c) {
    return c == '\\' || c == '\n' || special.find(c) != std::string_view::npos;
  };
  while (true) {
    const auto plain = static_cast<std::size_t>(std::ranges::find_if(text, is_special) - text.begin());
    out.append(text, 0, plain);
    if (plain == text.size()) return;
    out += '\\';
    out += text[plain] == '\n' ? 'n' : text[plain];
    text.remove_prefix(plain + 1);
  }
}

/// Adds `name="value"`.
void add_label(std::string& out, const Label& label) {
  out += label.name;
  out += "=\"";
  add_escaped(out, label.value, "\"");
  out += '"';
}

/// Adds labels to those in `out`, with a comma between two.
void add_labels(std::string& out, Labels labels) {
  for (const Label& label : labels) {
    if (!out.empty()) out += ',';
    add_label(out, label);
  }
}

/// Adds Unix seconds with three decimals.
void add_time(std::string& out, std::chrono::system_clock::time_point time) {
  constexpr std::int64_t in_a_second = 1000;
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  add_number(out, milliseconds / in_a_second);
  const std::size_t point = out.size();
  add_number(out, in_a_second + milliseconds % in_a_second);  // a 1 and three digits
  out[point] = '.';
}

/// Returns whether OpenMetrics allows an exemplar in a bucket, whose bounds are `above` and `up_to`. A source
/// may report any. `add_time` writes no time before 1970.
bool is_allowed(const Exemplar& exemplar, double above, double up_to) {
  std::size_t characters = 0;
  for (const auto& [name, value] : exemplar.labels)
    characters += count_characters(name) + count_characters(value);
  return characters <= ExemplarLabels::most_characters && exemplar.value > above && exemplar.value <= up_to &&
         exemplar.time.time_since_epoch() >= std::chrono::system_clock::duration::zero();
}

/// Returns the name of a metric's family: a counter's samples alone end in `_total`.
std::string_view family_of(const Metric& metric) {
  constexpr std::string_view ending = "_total";
  std::string_view name = metric.name;
  if (metric.type == MetricType::counter && name.ends_with(ending)) name.remove_suffix(ending.size());
  return name;
}

}  // namespace

std::string TextWriter::take() {
  if (format_ == MetricsFormat::openmetrics) out_ += "# EOF\n";
  return std::move(out_);
}

void TextWriter::begin_metric(const Metric& metric) {
  metric_ = &metric;
  has_head_ = false;
}

void TextWriter::begin_report(Labels labels) {
  report_.clear();
  add_labels(report_, labels);
}

void TextWriter::write(double value, Labels further) {
  add_head();
  const std::size_t of_report = report_.size();
  add_labels(report_, further);
  begin_line("", report_);
  report_.resize(of_report);
  add_value(out_, value);
  out_ += '\n';
}

void TextWriter::write(const Histogram& histogram) {
  add_head();
  spell(histogram.bounds());
  std::string bucket(metric_->name);
  bucket.append("_bucket{").append(report_).append(report_.empty() ? "le=\"" : ",le=\"");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < spelled_.size(); ++i) {
    count += histogram.count_in(i);
    out_.append(bucket).append(spelled_[i]).append("\"} ");
    add_number(out_, count);
    if (format_ == MetricsFormat::openmetrics) add_exemplar(histogram, i);
    out_ += '\n';
  }
  begin_line("_sum", report_);
  add_value(out_, histogram.sum_seconds());
  out_ += '\n';
  begin_line("_count", report_);
  add_number(out_, count);
  out_ += '\n';
}

void TextWriter::add_head() {
  if (has_head_) return;
  has_head_ = true;
  if (format_ == MetricsFormat::openmetrics) return add_openmetrics_head();
  out_.append("# HELP ").append(metric_->name).append(" ");
  add_escaped(out_, metric_->help, "");
  out_.append("\n# TYPE ").append(metric_->name).append(" ").append(text_type(metric_->type)).append("\n");
}

void TextWriter::add_openmetrics_head() {
  const std::string_view family = family_of(*metric_);
  const std::string_view unit = to_string(metric_->unit);
  out_.append("# TYPE ").append(family).append(" ").append(text_type(metric_->type)).append("\n");
  if (!unit.empty() && family.ends_with(unit))
    out_.append("# UNIT ").append(family).append(" ").append(unit).append("\n");
  out_.append("# HELP ").append(family).append(" ");
  add_escaped(out_, metric_->help, "\"");
  out_ += '\n';
}

/// Adds ` # {labels} value time` to the line of a bucket that has an exemplar.
void TextWriter::add_exemplar(const Histogram& histogram, std::size_t bucket) {
  const Exemplar* const exemplar = histogram.exemplar_in(bucket);
  if (exemplar == nullptr) return;
  const auto& bounds = histogram.bounds();
  double above = -std::numeric_limits<double>::infinity();
  double up_to = std::numeric_limits<double>::infinity();
  if (bucket > 0) above = bounds[bucket - 1];
  if (bucket < bounds.size()) up_to = bounds[bucket];
  if (!is_allowed(*exemplar, above, up_to)) return;
  out_ += " # {";
  for (std::size_t i = 0; i < exemplar->labels.size(); ++i) {
    if (i > 0) out_ += ',';
    add_label(out_, {exemplar->labels[i].first, exemplar->labels[i].second});
  }
  out_ += "} ";
  add_value(out_, exemplar->value);
  out_ += ' ';
  add_time(out_, exemplar->time);
}

void TextWriter::begin_line(std::string_view suffix, std::string_view labels) {
  out_.append(metric_->name).append(suffix);
  if (!labels.empty()) out_.append("{").append(labels).append("}");
  out_ += ' ';
}

/// Most histograms have the bounds of the one before, so each text is made once.
void TextWriter::spell(const std::vector<double>& bounds) {
  if (bounds_ == bounds && !spelled_.empty()) return;
  bounds_ = bounds;
  spelled_.resize(bounds.size());
  std::ranges::transform(bounds, spelled_.begin(), spelled);
  spelled_.emplace_back("+Inf");
}

}  // namespace dbpool
