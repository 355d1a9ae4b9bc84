#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// One value from the YAML file, a variable or a flag, and its place. A plain tree: its readers do not know
/// which of the three it came from.
struct Value {
  /// `broken`: a problem with it has already been reported; readers skip it.
  enum class Kind { null, text, list, mapping, broken };
  struct Member;

  Kind kind = Kind::null;
  std::string text;             ///< of a text, expanded
  bool quoted = false;          ///< written in quotes, so a number in it is not a number
  bool expanded = false;        ///< the text came from `${VAR}`, so it may be a secret
  std::vector<Value> items;     ///< of a list
  std::vector<Member> members;  ///< of a mapping, in the order of the file; duplicates are kept
  std::string path;             ///< `pools[0].max_size`, `DBPOOL_MAX_SIZE` or `--log.level`
  int line = 0;                 ///< from 1; 0 = not from a file

  /// Returns the value of a key of a mapping; nullptr = none. Finds `canary.interval` inside `canary` as
  /// well.
  const Value* find(std::string_view key) const;
};

struct Value::Member {
  std::string key;
  int line = 0;
  Value value;
};

/// Collects the errors in one file, the environment or the command line.
class Problems {
 public:
  /// `origin`: the start of each problem: the name of the file, `environment`, or "".
  explicit Problems(std::string origin) : origin_(std::move(origin)) {}

  /// `what` gives the error and what is allowed, without a secret.
  void add(const Value& where, std::string_view what) { add(where.line, where.path, what); }
  void add(int line, std::string_view path, std::string_view what);
  /// Reports a value that is not `allowed`, and quotes it if that is harmless.
  void reject(const Value& value, std::string_view allowed);

  /// Returns `origin:line: path: what` for each problem, in the order of the lines.
  std::vector<std::string> lines() const;

 private:
  struct Problem {
    int line;
    std::string text;
  };
  std::string origin_;
  std::vector<Problem> problems_;
};

/// Returns whether `c` is a decimal digit of ASCII.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Returns the text in double quotes, or `fallback` if it is long or has characters that suggest a secret, a
/// URI or an accident.
std::string quoted_if_plain(std::string_view text, std::string_view fallback);

/// Returns a key for messages; "" if it may hold a secret: it would not be quoted, or has a blank or a colon.
std::string_view shown_key(std::string_view key);

/// Returns the candidate that `word` most likely misspells; "" = none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace dbpool
