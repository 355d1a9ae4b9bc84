#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// Lines out of bytes that arrive in pieces of any size. Copies only a line that spans pieces, so it owns at
/// most twice the longest line.
class Lines {
 public:
  /// `longest`: the most bytes of a line, without its line feed.
  explicit Lines(std::size_t longest) : longest_(longest) {}

  /// Adds bytes, which must stay valid while `next()` returns lines. REQUIRES: `next()` returned nullopt.
  void add(std::string_view piece) noexcept { piece_ = piece; }
  /// Returns the next line without its line feed, valid until the next call; nullopt when the added bytes
  /// hold no further line feed. throws Error for a line that is too long.
  std::optional<std::string_view> next();
  /// Returns the number of the line that `next()` returned last; 0 before the first.
  std::size_t number() const noexcept { return number_; }
  /// Returns the bytes after the last line feed. REQUIRES: `next()` returned nullopt.
  std::string_view unfinished() const noexcept { return begun_; }

 private:
  void check_length(std::size_t length) const;

  std::size_t longest_;
  std::string_view piece_;
  std::string begun_;   ///< the beginning of a line whose end is in a later piece
  std::string joined_;  ///< the line returned last, if it spanned pieces
  std::size_t number_ = 0;
};

}  // namespace dbpool
