#include "sources/mapping/pattern.hpp"

#include <optional>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

constexpr std::size_t longest_pattern = 1000;
constexpr std::string_view of_names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view of_syntax = R"(.*+?()[]{}|^$\)";

/// Reads the groups of a pattern, and writes it without their names.
class Groups {
 public:
  explicit Groups(std::string_view text) : rest_(text) {
    while (!rest_.empty()) take_one();
  }

  std::string plain;
  std::vector<std::pair<std::size_t, std::string>> named;  ///< by their numbers

 private:
  void take_one() {
    if (rest_.front() == '(' && !is_in_class_) return take_group();
    if (rest_.front() == '\\' && rest_.size() > 1) return keep(2);
    if (rest_.front() == '[') is_in_class_ = true;
    if (rest_.front() == ']') is_in_class_ = false;
    keep(1);
  }
  void take_group() {
    for (const std::string_view mark : {"(?<", "(?P<"}) {
      if (!rest_.starts_with(mark)) continue;
      rest_.remove_prefix(mark.size());
      const std::string_view name = rest_.substr(0, rest_.find_first_not_of(of_names));
      if (name.empty() || !rest_.substr(name.size()).starts_with('>'))
        throw Error("a group's name is not of letters, digits and _");
      named.emplace_back(++number_, name);
      plain += '(';
      return rest_.remove_prefix(name.size() + 1);
    }
    if (!rest_.starts_with("(?")) ++number_;
    keep(1);
  }
  void keep(std::size_t bytes) {
    plain.append(rest_.substr(0, bytes));
    rest_.remove_prefix(bytes);
  }

  std::string_view rest_;
  std::size_t number_ = 0;
  bool is_in_class_ = false;
};

/// Returns the letters that every match begins with.
std::string literal_prefix(std::string_view pattern) {
  if (pattern.find('|') != std::string_view::npos) return "";
  std::string_view literal = pattern.substr(0, pattern.find_first_of(of_syntax));
  const std::string_view behind = pattern.substr(literal.size());
  const bool is_repeated =
      !behind.empty() && std::string_view("*?{").find(behind.front()) != std::string_view::npos;
  if (is_repeated && !literal.empty()) literal.remove_suffix(1);
  return std::string(literal);
}

std::regex compiled(const std::string& text) {
  // libstdc++'s other executor recurses once for each letter of the text.
  constexpr auto without_recursion = std::regex_constants::__polynomial;
  try {
    return std::regex(text, std::regex::ECMAScript | without_recursion);
  } catch (const std::regex_error&) {
    throw Error("not a regular expression");
  }
}

}  // namespace

Pattern::Pattern(std::string_view text) {
  if (text.size() > longest_pattern) throw Error("a regular expression of more than 1000 bytes");
  Groups groups(text);
  regex_ = compiled(groups.plain);
  prefix_ = literal_prefix(groups.plain);
  groups_ = std::move(groups.named);
}

bool Pattern::matches(std::string_view text, Captures& captures) const {
  if (text.size() > longest_text || !text.starts_with(prefix_)) return false;
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_match(text.begin(), text.end(), match, regex_)) return false;
  for (const auto& [number, name] : groups_) captures.insert_or_assign(name, match[number].str());
  return true;
}

}  // namespace dbpool
