#include "config/expand.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dbpool {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view variable_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

/// The most levels of nested defaults. Each scans the rest of the text again and uses some of the stack.
constexpr int deepest_default = 16;

Expansion expand_at(std::string_view text, const Environment& environment, int depth);

/// Returns the position of the `}` that closes a `${` just before `text`; npos = none.
std::size_t closing_brace(std::string_view text) {
  int depth = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("$$")) {
      ++i;
    } else if (text.substr(i).starts_with("${")) {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// Expands the text between `${` and `}`.
Expansion variable(std::string_view inside, const Environment& environment, int depth) {
  const auto name_length = std::min(inside.find_first_not_of(variable_characters), inside.size());
  const std::string name(inside.substr(0, name_length));
  const auto rest = inside.substr(name_length);
  const bool has_default = rest.starts_with(":-");
  if (name.empty() || letters.find(name[0]) == std::string_view::npos || !(rest.empty() || has_default)) {
    return {{}, true, "a malformed ${…}; allowed: ${VAR}, ${VAR:-default}, and $$ for a $"};
  }
  const auto found = environment.find(name);
  const bool is_set = found != environment.end();
  if (has_default && (!is_set || found->second.empty())) {
    if (depth == deepest_default) {
      return {
          {}, true, fmt::format("defaults within defaults too deep; allowed: {} levels", deepest_default)};
    }
    auto fallback = expand_at(rest.substr(2), environment, depth + 1);
    fallback.used_variable = true;
    return fallback;
  }
  if (is_set) return {found->second, true, {}};
  return {{},
          true,
          fmt::format("the environment variable {0} is not set; allowed: a variable that is set, or "
                      "${{{0}:-default}}",
                      name)};
}

Expansion expand_at(std::string_view text, const Environment& environment, int depth) {
  Expansion result;
  while (!text.empty() && result.problem.empty()) {
    const auto literal = text.substr(0, text.find('$'));
    result.text += literal;
    text.remove_prefix(literal.size());
    if (text.starts_with("${")) {
      text.remove_prefix(2);
      const auto end = closing_brace(text);
      if (end == std::string_view::npos) {
        result.problem = "a ${ without its }; allowed: ${VAR}, ${VAR:-default}, and $$ for a $";
        break;
      }
      auto filled = variable(text.substr(0, end), environment, depth);
      result.text += filled.text;
      result.used_variable = true;
      result.problem = std::move(filled.problem);
      text.remove_prefix(end + 1);
    } else if (!text.empty()) {
      result.text += '$';
      text.remove_prefix(text.starts_with("$$") ? 2 : 1);
    }
  }
  return result;
}

}  // namespace

Expansion expand(std::string_view text, const Environment& environment) {
  return expand_at(text, environment, 0);
}

}  // namespace dbpool
