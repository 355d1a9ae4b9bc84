#include "exposition/text_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "exposition/metric_catalog.hpp"

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

/// Adds `name="value",name="value"`.
void add_labels(std::string& out, Labels labels) {
  for (const Label& label : labels) {
    if (!out.empty()) out += ',';
    out += label.name;
    out += "=\"";
    add_escaped(out, label.value, "\"");
    out += '"';
  }
}

}  // namespace

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
  out_.append("# HELP ").append(metric_->name).append(" ");
  add_escaped(out_, metric_->help, "");
  out_.append("\n# TYPE ").append(metric_->name).append(" ").append(text_type(metric_->type)).append("\n");
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
