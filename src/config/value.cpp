#include "config/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace dbpool {
namespace {

constexpr std::size_t longest_quote = 40;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
         std::string_view("_.:+-/ ").find(c) != std::string_view::npos;
}

std::string describe(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return "has no value";
    case Value::Kind::list:
      return "a list is not accepted";
    case Value::Kind::mapping:
      return "a mapping is not accepted";
    default:
      break;
  }
  const std::string shown = value.expanded ? "this value" : quoted_if_plain(value.text, "this value");
  const bool negative = value.text.size() > 1 && value.text[0] == '-' && is_digit(value.text[1]);
  return shown + (negative ? " is negative" : " is not accepted");
}

/// Returns the Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
    }
  }
  return row.back();
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  const auto named = [this](std::string_view name) -> const Value* {
    const auto member = std::ranges::find(members, name, &Member::key);
    return member == members.end() ? nullptr : &member->value;
  };
  const auto dot = key.find('.');
  const Value* whole = named(key);
  if (whole != nullptr || dot == std::string_view::npos) return whole;
  const Value* part = named(key.substr(0, dot));
  return part == nullptr ? nullptr : part->find(key.substr(dot + 1));
}

void Problems::add(int line, std::string_view path, std::string_view what) {
  std::string text = origin_;
  if (line > 0) text += fmt::format(":{}", line);
  for (const std::string_view part : {path, what}) {
    if (part.empty()) continue;
    if (!text.empty()) text += ": ";
    text += part;
  }
  problems_.push_back({line, std::move(text)});
}

void Problems::reject(const Value& value, std::string_view allowed) {
  if (value.kind == Value::Kind::broken) return;
  add(value, fmt::format("{}; allowed: {}", describe(value), allowed));
}

std::vector<std::string> Problems::lines() const {
  auto sorted = problems_;
  std::ranges::stable_sort(sorted, {}, &Problem::line);
  std::vector<std::string> lines;
  for (auto& problem : sorted) lines.push_back(std::move(problem.text));
  return lines;
}

std::string quoted_if_plain(std::string_view text, std::string_view fallback) {
  const bool plain = text.size() <= longest_quote && std::ranges::all_of(text, is_plain) &&
                     text.find("//") == std::string_view::npos;
  return plain ? fmt::format("\"{}\"", text) : std::string(fallback);
}

std::string_view shown_key(std::string_view key) {
  const bool is_shown =
      !quoted_if_plain(key, "").empty() && key.find_first_of(" :") == std::string_view::npos;
  return is_shown ? key : std::string_view();
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  // No key is that long, and the time of a comparison grows with the word.
  if (word.size() > longest_quote) return {};
  std::string_view best;
  std::size_t least = word.size() / 3 + 2;
  for (const auto candidate : candidates) {
    const auto apart = distance(word, candidate);
    if (apart < least) {
      least = apart;
      best = candidate;
    }
  }
  return best;
}

}  // namespace dbpool
