#pragma once

#include <set>
#include <string>
#include <vector>

namespace dbpool {

/// A selector of series in a PromQL expression, such as `up{job=~"$job"}[5m]`.
struct Selector {
  std::string name;
  std::string matchers;  ///< what stands between the braces
  std::string range;     ///< what stands between the brackets; empty without them
};

/// Every selector of `expression`, with its matchers or without. Knows just as much of PromQL as the
/// expressions of this project need.
std::vector<Selector> selectors_in(const std::string& expression);

/// The labels that a selector's matchers name.
std::set<std::string> labels_in(const Selector& selector);

/// The labels that `by`, `without`, `on`, `ignoring` and `group_left` name in `expression`.
std::set<std::string> grouping_labels_in(const std::string& expression);

}  // namespace dbpool
