#include "sources/prometheus/line_cursor.hpp"

#include <algorithm>
#include <array>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

enum CharacterClass : unsigned char {
  other = 0,
  label_character = 1,
  metric_character = 2,
  digit = 4,
  quoted_end = 8
};

constexpr std::array<unsigned char, 256> character_classes = [] {
  std::array<unsigned char, 256> classes{};
  for (unsigned char c = 'a'; c <= 'z'; ++c) classes[c] = label_character | metric_character;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) classes[c] = label_character | metric_character;
  for (unsigned char c = '0'; c <= '9'; ++c) classes[c] = label_character | metric_character | digit;
  classes['_'] = label_character | metric_character;
  classes[':'] = metric_character;
  classes['"'] = classes['\\'] = quoted_end;
  return classes;
}();

constexpr bool is(char c, CharacterClass wanted) {
  return (character_classes[static_cast<unsigned char>(c)] & wanted) != 0;
}

/// Returns the length of the name that `text` begins with; 0 if it begins with no name.
std::size_t name_length(std::string_view text, CharacterClass allowed) {
  if (text.empty() || is(text.front(), digit)) return 0;
  const auto end = std::ranges::find_if_not(text, [=](char c) { return is(c, allowed); });
  return static_cast<std::size_t>(end - text.begin());
}

/// Returns what a backslash and `c` stand for; '\0' if they stand for themselves.
constexpr char escaped_character(char c) {
  if (c == 'n') return '\n';
  return c == '\\' || c == '"' ? c : '\0';
}

/// Returns the index of the first quote or backslash; the size if the text has neither.
std::size_t quote_or_backslash(std::string_view text) {
  const auto found = std::ranges::find_if(text, [](char c) { return is(c, quoted_end); });
  return static_cast<std::size_t>(found - text.begin());
}

}  // namespace

std::string_view LineCursor::take_word() noexcept {
  const auto word = rest_.substr(0, rest_.find_first_of(" \t"));
  rest_.remove_prefix(word.size());
  skip_blanks();
  return word;
}

std::string_view LineCursor::take_metric_name(std::string_view expected) {
  const auto name = rest_.substr(0, name_length(rest_, metric_character));
  if (name.empty()) fail(expected);
  rest_.remove_prefix(name.size());
  return name;
}

std::string_view LineCursor::take_label_name(std::string_view expected) {
  const auto name = rest_.substr(0, name_length(rest_, label_character));
  if (name.empty()) fail(expected);
  rest_.remove_prefix(name.size());
  return name;
}

std::string_view LineCursor::take_quoted(std::string_view expected, std::string& unescaped) {
  if (!skip('"')) fail(expected);
  const std::size_t begin = unescaped.size();
  while (true) {
    const auto text = rest_.substr(0, quote_or_backslash(rest_));
    if (text.size() == rest_.size()) fail("a closing quote");
    const bool has_ended = rest_[text.size()] == '"';
    rest_.remove_prefix(text.size() + 1);
    if (has_ended && unescaped.size() == begin) return text;
    unescaped += text;
    if (has_ended) return std::string_view(unescaped).substr(begin);
    const char escaped = at_end() ? '\0' : escaped_character(rest_.front());
    unescaped += escaped == '\0' ? '\\' : escaped;
    if (escaped != '\0') rest_.remove_prefix(1);
  }
}

void LineCursor::fail(std::string_view expected) const {
  throw Error("line " + std::to_string(line_) + " of its answer: expected " + std::string(expected));
}

}  // namespace dbpool
