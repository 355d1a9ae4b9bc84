#pragma once

#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dbpool {

/// The texts that named groups have matched, by the names of the groups.
using Captures = std::map<std::string, std::string, std::less<>>;

/// A regular expression that must match a whole text, as in Prometheus' selectors. Its groups may have names:
/// `(?<pool>.*)` or `(?P<pool>.*)`. Matching takes no more stack for longer texts.
class Pattern {
 public:
  /// throws Error if `text` is not one; it does not quote the text.
  explicit Pattern(std::string_view text);

  /// Returns whether `text` matches, and puts the texts of the named groups into `captures` if so. A text of
  /// more than `longest_text` bytes does not match.
  bool matches(std::string_view text, Captures& captures) const;
  /// Returns what every text that matches begins with; "" if that is not known.
  std::string_view prefix() const noexcept { return prefix_; }

  static constexpr std::size_t longest_text = 4096;

 private:
  std::regex regex_;
  std::string prefix_;
  std::vector<std::pair<std::size_t, std::string>> groups_;  ///< by their numbers
};

}  // namespace dbpool
