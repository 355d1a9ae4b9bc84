#include "sources/prometheus/other_than_metrics.hpp"

#include <algorithm>

namespace dbpool {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

/// Returns whether `text`, which begins with a brace, is an object of JSON: the brace stands alone or before
/// a text with a colon. The brace of a sample stands before a text with a comma or a brace.
bool is_object(std::string_view text) {
  const auto inside = without_blanks(text.substr(1));
  if (!inside.starts_with('"')) return inside.empty() || inside == "}";
  const auto after_text = inside.substr(std::min(inside.find('"', 1), inside.size() - 1) + 1);
  return without_blanks(after_text).starts_with(':');
}

}  // namespace

std::optional<std::string> other_than_metrics(std::string_view first_line) {
  const auto text = without_blanks(first_line);
  const std::string question = ", not metrics: is this the right path?";
  if (text.starts_with("<?xml")) return "it answered XML" + question;
  if (text.starts_with('<')) return "it answered an HTML page" + question;
  if (text.starts_with('[') || (text.starts_with('{') && is_object(text)))
    return "it answered JSON" + question;
  if (text.starts_with("\x1F\x8B"))
    return "its answer is compressed by gzip, and no Content-Encoding says so";
  return std::nullopt;
}

}  // namespace dbpool
