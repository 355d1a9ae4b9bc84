#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// What the DSN of a SQLite database names.
struct SqliteTarget {
  /// What `mode=` in a URI asks for; `other` is none that SQLite knows.
  enum class Mode { unsaid, ro, rw, rwc, memory, other };

  std::string file;  ///< without a URI's parameters, for they may hold a key
  Mode mode = Mode::unsaid;
  bool immutable = false;
  bool in_memory = false;  ///< there is no file
};

/// Reads a path or a `file:` URI as SQLite does, whether or not `sqlite_dsn_problem` finds fault with it.
SqliteTarget sqlite_target(std::string_view path_or_uri);

}  // namespace dbpool
