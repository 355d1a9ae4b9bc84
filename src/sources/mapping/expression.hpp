#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/mapping/pattern.hpp"
#include "sources/prometheus/sample.hpp"

namespace dbpool {

/// A condition on one label: its value, or a pattern for it. An absent label has the value "".
struct LabelMatcher {
  std::string label;
  std::string value;
  std::shared_ptr<const Pattern> pattern = nullptr;  ///< instead of `value`, if there is one

  /// Returns whether a value meets the condition; named groups of the pattern go into `captures`.
  bool matches(std::string_view text, Captures& captures) const;
};

/// Makes the condition that a label's value is `text` or, if that begins with `~`, matches the pattern behind
/// it. throws Error if the pattern is not valid.
LabelMatcher read_matcher(std::string label, std::string_view text);

/// Which series are meant: by the name of their metric, and by labels.
struct SeriesSelector {
  std::string name;  ///< "" = by `name_pattern`
  std::shared_ptr<const Pattern> name_pattern = nullptr;
  std::vector<LabelMatcher> labels = {};

  /// Returns whether all labels fit. Does not look at the name.
  bool labels_match(std::span<const SampleLabel> of_series, Captures& captures) const;
};

/// A series times a number.
struct Term {
  SeriesSelector series;
  double factor = 1;  ///< with its sign; never 0
};

/// A sum of series, or a number alone.
struct Expression {
  std::vector<Term> terms;  ///< empty = `number`
  double number = 0;
};

/// Reads an expression:
///
///     expression = number | term { ("+" | "-") term }
///     term       = series [ "*" number ] | number "*" series
///     series     = name [ braces ] | braces
///     braces     = "{" [ part { "," part } [ "," ] ] "}"
///     part       = label ( "=" | "=~" ) text | text
///
/// A name has letters, digits, `_`, `:` and `.`, and may begin with `*`, the mapping's prefix. A text is in
/// quotes; alone in braces it is the name of the metric. `__name__=~` takes a pattern for the name. throws
/// Error with the column, from 1, and what is expected there, without a piece of the expression.
Expression parse_expression(std::string_view text);

/// Returns `value` times `factor`, such that decimals stay short: 10000 times 1e-6 is 0.01.
double times(double value, double factor);

}  // namespace dbpool
