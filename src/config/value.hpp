#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// One value as it was written in the YAML file, in a variable or after a flag, and where. A plain tree: what
/// reads it does not know which of the three it came from.
struct Value {
  /// `broken`: a problem with it has been reported already; readers pass over it in silence.
  enum class Kind { null, text, list, mapping, broken };
  struct Member;

  Kind kind = Kind::null;
  std::string text;             ///< of a text, expanded
  bool quoted = false;          ///< written in quotes, so a number in it is not a number
  bool expanded = false;        ///< the text came out of `${VAR}`, so it may be a secret
  std::vector<Value> items;     ///< of a list
  std::vector<Member> members;  ///< of a mapping, in the order of the file; duplicates are kept
  std::string path;             ///< `pools[0].max_size`, `DBPOOL_MAX_SIZE` or `--log.level`
  int line = 0;                 ///< from 1; 0 = not from a file

  /// The value of a key of a mapping; `canary.interval` is found inside of `canary` as well. nullptr = none.
  const Value* find(std::string_view key) const;
};

struct Value::Member {
  std::string key;
  int line = 0;
  Value value;
};

/// Collects what is wrong with one file, the environment or the command line.
class Problems {
 public:
  /// `origin`: how each problem begins: the name of the file, or `environment`; may be empty.
  explicit Problems(std::string origin) : origin_(std::move(origin)) {}

  /// `what` says what is wrong and what is allowed, without a secret.
  void add(const Value& where, std::string_view what) { add(where.line, where.path, what); }
  void add(int line, std::string_view path, std::string_view what);
  /// Reports a value that is not one of what is `allowed`, quoting it if that is harmless.
  void reject(const Value& value, std::string_view allowed);

  /// `origin:line: path: what`, in the order of the lines.
  std::vector<std::string> lines() const;

 private:
  struct Problem {
    int line;
    std::string text;
  };
  std::string origin_;
  std::vector<Problem> problems_;
};

/// Returns the text in double quotes, or `fallback` when it is long or has characters that only a secret, a
/// URI or an accident would have.
std::string quoted_if_plain(std::string_view text, std::string_view fallback);

/// Returns the candidate that `word` is most likely a misspelling of; "" when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace dbpool
