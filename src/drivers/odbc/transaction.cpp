#include "drivers/odbc/transaction.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace dbpool {
namespace {

constexpr std::size_t unclear = std::string_view::npos;

bool is_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::size_t end_of_quoted(std::string_view sql, std::size_t at, char closing) {
  const auto close = sql.find(closing, at + 1);
  if (close == unclear) return unclear;
  // A backslash escapes the closing quote in some databases only.
  return sql[close - 1] == '\\' ? unclear : close + 1;
}

std::size_t end_of_comment(std::string_view sql, std::size_t at) {
  const auto close = sql.find("*/", at + 2);
  if (close == unclear) return unclear;
  // Only some databases nest comments, and MySQL and MariaDB run the text of a comment that begins with
  // `/*!`.
  const auto inside = sql.substr(at + 2, close - at - 2);
  return inside.starts_with('!') || inside.find("/*") != unclear ? unclear : close + 2;
}

/// Returns the end of PostgreSQL's `$tag$ … $tag$`; `at` if none begins there.
std::size_t end_of_dollar_quoted(std::string_view sql, std::size_t at) {
  if (at > 0 && is_of_name(sql[at - 1])) return at;
  std::size_t end = at + 1;
  while (end < sql.size() && is_of_name(sql[end])) ++end;
  if (end == sql.size() || sql[end] != '$') return at;
  const auto tag = sql.substr(at, end + 1 - at);
  const auto close = sql.find(tag, end + 1);
  return close == unclear ? unclear : close + tag.size();
}

/// Returns the end of the comment or quoted text that begins at `at`; `at` if none does, `unclear` if it does
/// not end or databases differ.
std::size_t end_of_aside(std::string_view sql, std::size_t at) {
  const auto is = [&](std::string_view text) { return sql.substr(at).starts_with(text); };
  if (is("--")) return std::min(sql.find_first_of("\r\n", at), sql.size());
  if (is("/*")) return end_of_comment(sql, at);
  if (is("'") || is("\"") || is("`")) return end_of_quoted(sql, at, sql[at]);
  if (is("[")) return end_of_quoted(sql, at, ']');
  if (is("$")) return end_of_dollar_quoted(sql, at);
  // `#` is a comment, an operator or a part of a name, depending on the database.
  return is("#") ? unclear : at;
}

/// Returns nullopt if databases would read `sql` differently.
std::optional<std::string> without_comments_and_quotes(std::string_view sql) {
  std::string plain;
  for (std::size_t at = 0; at < sql.size();) {
    const auto end = end_of_aside(sql, at);
    if (end == unclear) return std::nullopt;
    plain += end == at ? sql[at] : ' ';
    at = std::max(end, at + 1);
  }
  return plain;
}

/// Returns the first `most` words, in upper case.
std::vector<std::string> words_of(std::string_view sql, std::size_t most) {
  std::vector<std::string> words(1);
  for (const char c : sql) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalpha(letter) != 0) {
      words.back() += static_cast<char>(std::toupper(letter));
    } else if (!words.back().empty()) {
      if (words.size() == most) break;
      words.emplace_back();
    }
  }
  return words;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> list) {
  return std::ranges::find(list, word) != list.end();
}

bool names_a_beginning(std::string_view sql) {
  return std::ranges::any_of(words_of(sql, sql.size()), [](const std::string& word) {
    return is_one_of(word, {"BEGIN", "START", "SAVEPOINT"});
  });
}

bool inside_after(std::string_view sql, bool before) {
  bool inside = before;
  while (!sql.empty()) {
    const auto statement = sql.substr(0, sql.find(';'));
    sql.remove_prefix(std::min(statement.size() + 1, sql.size()));
    auto words = words_of(statement, 3);
    words.resize(3);
    // Any other word after BEGIN makes it a block of statements.
    const bool begins = words[0] == "BEGIN" &&
                        is_one_of(words[1], {"", "TRAN", "TRANSACTION", "WORK", "ISOLATION", "READ",
                                             "DISTRIBUTED", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", "NOT"});
    if (words[0] == "BEGIN" && !begins) return before;
    const bool chains = words[2] == "CHAIN" || (words[1] == "AND" && words[2].empty());
    if (begins || (words[0] == "START" && words[1] == "TRANSACTION") || words[0] == "SAVEPOINT") {
      inside = true;
    } else if (is_one_of(words[0], {"COMMIT", "ROLLBACK", "ABORT", "END"})) {
      inside = inside && (chains || words[1] == "TO" || words[2] == "TO");
    }
  }
  return inside;
}

}  // namespace

bool in_transaction_after(std::string_view sql, bool before) {
  const auto plain = without_comments_and_quotes(sql);
  return plain ? inside_after(*plain, before) : before || names_a_beginning(sql);
}

}  // namespace dbpool
