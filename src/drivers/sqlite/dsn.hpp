#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// The database that the DSN of SQLite names.
struct SqliteTarget {
  /// The value of `mode=` in a URI; `unsaid`: absent, `other`: unknown to SQLite.
  enum class Mode { unsaid, ro, rw, rwc, memory, other };

  std::string file;  ///< without a URI's parameters, which may contain a key
  Mode mode = Mode::unsaid;
  bool immutable = false;
  bool in_memory = false;  ///< there is no file
};

/// Reads a path or a `file:` URI as SQLite does, even if `sqlite_dsn_problem` reports an error in it.
SqliteTarget sqlite_target(std::string_view path_or_uri);

}  // namespace dbpool
