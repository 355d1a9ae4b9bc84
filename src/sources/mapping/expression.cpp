#include "sources/mapping/expression.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

constexpr std::size_t longest_expression = 10'000;
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view of_names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.:";
constexpr std::string_view of_labels = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.";

bool is_digit_of_number(char c) {
  return (c >= '0' && c <= '9') || c == '.';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), rest_(text) {}

  Expression expression() {
    if (text_.size() > longest_expression) throw Error("an expression of more than 10000 bytes");
    Expression read;
    skip_blanks();
    if (is_number() && !number_and_star()) {
      read.number = number();
      if (!rest_.empty()) fail("* and a series, or the end: a number stands alone");
      return read;
    }
    read.terms.push_back(term());
    while (!rest_.empty()) {
      const double sign = skip('+') ? 1 : skip('-') ? -1 : 0;
      if (sign == 0) fail(read.terms.back().factor == 1 ? "+, -, * or the end" : "+, - or the end");
      read.terms.push_back(term());
      read.terms.back().factor *= sign;
    }
    return read;
  }

 private:
  Term term() {
    if (is_number()) {
      const double factor = this->factor();
      if (!skip('*')) fail("* and a series");
      return {series(), factor};
    }
    Term read{series()};
    if (skip('*')) read.factor = factor();
    return read;
  }

  /// Returns whether a number and `*` are next.
  bool number_and_star() const {
    Parser ahead = *this;
    ahead.number();
    return ahead.skip('*');
  }

  SeriesSelector series() {
    SeriesSelector read;
    const bool has_prefix = rest_.starts_with('*');
    const std::string_view behind = rest_.substr(has_prefix ? 1 : 0);
    if (!behind.empty() &&
        (letters.find(behind.front()) != std::string_view::npos || behind.front() == ':')) {
      if (has_prefix) rest_.remove_prefix(1);
      read.name = (has_prefix ? "*" : "") + std::string(take(of_names));
      skip_blanks();
    } else if (!rest_.starts_with('{')) {
      fail("a series such as name{label=\"value\"}");
    }
    if (skip('{')) braces(read);
    if (read.name.empty() && !read.name_pattern) fail_behind("the name of a metric in the braces");
    return read;
  }

  void braces(SeriesSelector& into) {
    while (!skip('}')) {
      part(into);
      if (rest_.starts_with('}')) continue;
      if (!skip(',')) fail("a comma or }");
    }
  }

  void part(SeriesSelector& into) {
    const bool is_quoted = rest_.starts_with('"') || rest_.starts_with('\'');
    std::string label(is_quoted ? quoted() : std::string(take(of_labels)));
    if (label.empty()) fail(is_quoted ? "a text that is not empty" : "a label or }");
    skip_blanks();
    if (is_quoted && !rest_.starts_with('=')) return set_name(into, std::move(label));
    if (!skip('=')) fail("= or =~");
    const bool is_pattern = skip('~');
    const std::size_t at = column();
    std::string value = quoted();
    skip_blanks();
    auto pattern = is_pattern ? pattern_at(at, value) : nullptr;
    if (label != "__name__") {
      into.labels.push_back({std::move(label), is_pattern ? "" : std::move(value), std::move(pattern)});
    } else if (is_pattern && into.name.empty() && !into.name_pattern) {
      into.name_pattern = std::move(pattern);
    } else {
      set_name(into, is_pattern ? "" : std::move(value));
    }
  }

  void set_name(SeriesSelector& into, std::string name) {
    if (name.empty() || !into.name.empty() || into.name_pattern) fail_behind("one name of a metric");
    into.name = std::move(name);
  }

  static std::shared_ptr<const Pattern> pattern_at(std::size_t column, const std::string& text) {
    try {
      return std::make_shared<const Pattern>(text);
    } catch (const Error& error) {
      throw Error("column " + std::to_string(column) + ": " + error.what());
    }
  }

  bool is_number() const { return !rest_.empty() && is_digit_of_number(rest_.front()); }

  double number() {
    double read = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), read);
    if (!is_number() || error != std::errc() || !std::isfinite(read)) fail("a number");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    skip_blanks();
    return read;
  }
  double factor() {
    const std::size_t at = column();
    const double read = number();
    if (read == 0) throw Error("column " + std::to_string(at) + ": expected a number that is not 0");
    return read;
  }

  std::string quoted() {
    if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) fail("a text in quotes");
    const char quote = rest_.front();
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        return text;
      }
      const bool is_escape =
          rest_[i] == '\\' && i + 1 < rest_.size() && (rest_[i + 1] == '\\' || rest_[i + 1] == quote);
      text += rest_[is_escape ? ++i : i];
    }
    fail("a text that ends in a quote");
  }

  std::string_view take(std::string_view allowed) {
    const std::string_view taken = rest_.substr(0, rest_.find_first_not_of(allowed));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  /// Removes `c` and the blanks behind it if it is in front; returns whether it was.
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
  }
  void skip_blanks() { take(" \t\r\n"); }

  std::size_t column() const { return text_.size() - rest_.size() + 1; }
  [[noreturn]] void fail(std::string_view expected) const {
    throw Error("column " + std::to_string(column()) + ": expected " + std::string(expected));
  }
  [[noreturn]] void fail_behind(std::string_view expected) const {
    throw Error("before column " + std::to_string(column()) + ": expected " + std::string(expected));
  }

  std::string_view text_, rest_;
};

}  // namespace

bool LabelMatcher::matches(std::string_view text, Captures& captures) const {
  return pattern ? pattern->matches(text, captures) : text == value;
}

LabelMatcher read_matcher(std::string label, std::string_view text) {
  if (!text.starts_with('~')) return {std::move(label), std::string(text)};
  return {std::move(label), "", std::make_shared<const Pattern>(text.substr(1))};
}

bool SeriesSelector::labels_match(std::span<const SampleLabel> of_series, Captures& captures) const {
  return std::ranges::all_of(labels, [&](const LabelMatcher& matcher) {
    return matcher.matches(find_label(of_series, matcher.label).value_or(""), captures);
  });
}

Expression parse_expression(std::string_view text) {
  return Parser(text).expression();
}

double times(double value, double factor) {
  // Where the factor is one divided by a whole number, the division is exact where the product is not.
  const double divisor = std::round(1 / factor);
  return std::abs(factor) < 1 && 1 / divisor == factor ? value / divisor : value * factor;
}

}  // namespace dbpool
