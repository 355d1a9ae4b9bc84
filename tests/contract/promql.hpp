#pragma once

#include <set>
#include <string>
#include <vector>

namespace dbpool {

/// A selector of series in a PromQL expression, such as `up{job=~"$job"}[5m]`.
struct Selector {
  std::string name;
  std::string matchers;  ///< text between the braces
  std::string range;     ///< text between the brackets; "" = none
};

/// Returns every selector of `expression`, with or without matchers. Understands only the PromQL that this
/// project's expressions use.
std::vector<Selector> selectors_in(const std::string& expression);

/// Returns the labels that a selector's matchers name.
std::set<std::string> labels_in(const Selector& selector);

/// Returns the labels that `by`, `without`, `on`, `ignoring` and `group_left` name in `expression`.
std::set<std::string> grouping_labels_in(const std::string& expression);

}  // namespace dbpool
