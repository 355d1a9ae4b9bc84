#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dbpool {

/// A place in one line of a metrics text. Every `take_` function removes what it returns from the front, and
/// throws Error with the number of the line and what it expected, without a piece of the line.
class LineCursor {
 public:
  LineCursor(std::string_view text, std::size_t line) : rest_(text), line_(line) {}

  std::size_t line() const noexcept { return line_; }
  std::string_view rest() const noexcept { return rest_; }
  bool at_end() const noexcept { return rest_.empty(); }
  bool at(char c) const noexcept { return rest_.starts_with(c); }

  /// Removes the blanks and tabs in front; returns whether there were any.
  bool skip_blanks() noexcept {
    const std::size_t before = rest_.size();
    while (at(' ') || at('\t')) rest_.remove_prefix(1);
    return rest_.size() < before;
  }
  /// Removes `c` if it is in front; returns whether it was.
  bool skip(char c) noexcept {
    const bool is_there = at(c);
    if (is_there) rest_.remove_prefix(1);
    return is_there;
  }
  /// Removes what is in front of the next blank, tab or end, and the blanks behind it. May return "".
  std::string_view take_word() noexcept;
  /// Removes the name of a metric (letters, digits, _ and :).
  std::string_view take_metric_name(std::string_view expected);
  /// Removes the name of a label (letters, digits and _).
  std::string_view take_label_name(std::string_view expected);
  /// Removes a text in quotes and returns it without them. \\, \" and \n stand for a backslash, a quote and a
  /// line feed; other backslashes stay. Appends to `unescaped` only if there are such escapes; its capacity
  /// must suffice, since the result points into it.
  std::string_view take_quoted(std::string_view expected, std::string& unescaped);

  [[noreturn]] void fail(std::string_view expected) const;

 private:
  std::string_view rest_;
  std::size_t line_;
};

}  // namespace dbpool
