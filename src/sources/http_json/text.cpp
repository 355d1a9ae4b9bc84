#include "sources/http_json/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include "model/ascii.hpp"
#include "model/blank_ends.hpp"

namespace dbpool {
namespace {

/// Compares without regard to case.
bool begins_with(std::string_view text, std::string_view word) {
  return same_but_for_case(text.substr(0, word.size()), word);
}

bool belongs_to_word(char c) {
  return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
         c == '.' || c == '_';
}

/// Returns whether a number is larger than any double.
bool is_too_large(std::string_view word) {
  double number = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number);
  // from_chars reports numbers that are too small in the same way; those count as 0.
  const bool is_small =
      word.find("e-") != std::string_view::npos || word.find("E-") != std::string_view::npos;
  return error == std::errc::result_out_of_range && rest == end && !is_small;
}

bool is_no_figure(std::string_view word) {
  constexpr std::array<std::string_view, 3> names{"nan", "inf", "infinity"};
  std::string_view name = word;
  if (name.starts_with('-') || name.starts_with('+')) name.remove_prefix(1);
  const auto is_name = [&](std::string_view known) { return same_but_for_case(name, known); };
  return std::ranges::any_of(names, is_name) || is_too_large(word);
}

/// Returns the length of the string that `text` begins with, quotes included.
std::size_t string_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return text.size();
}

/// Returns the length of the string, word or other character that `text` begins with.
std::size_t piece_length(std::string_view text) {
  if (text.front() == '"') return string_length(text);
  const auto end = std::ranges::find_if_not(text, belongs_to_word);
  return std::max<std::size_t>(1, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

std::optional<std::string> other_than_json(std::string_view text) {
  const std::string_view begin = without_blank_ends(text);
  const std::string question = ", not JSON: is this the right path?";
  if (begin.empty()) return "it answered an empty body" + question;
  if (begins_with(begin, "<?xml")) return "it answered XML" + question;
  if (begins_with(begin, "<")) return "it answered an HTML page" + question;
  if (begins_with(begin, "# help ") || begins_with(begin, "# type "))
    return "it answered metrics in Prometheus' text format" + question;
  if (text.starts_with("\x1F\x8B"))
    return "its answer is compressed by gzip, not JSON, and no Content-Encoding says so";
  return std::nullopt;
}

std::string with_finite_numbers(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, piece_length(text));
    const bool is_word = belongs_to_word(piece.front());
    result += is_word && is_no_figure(piece) ? std::string_view("null") : piece;
    text.remove_prefix(piece.size());
  }
  return result;
}

}  // namespace dbpool
