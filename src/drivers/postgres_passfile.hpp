#pragma once

#include <string>

namespace dbpool {

/// libpq's password file, as it may be given to libpq. libpq says what it dislikes about one on standard
/// error and goes on without it; so it gets only a file that it will take, and we say what is wrong.
struct PostgresPassfile {
  /// Names no file, and never will: libpq passes over it in silence.
  static constexpr const char* nowhere = "/dev/null/none";

  std::string path = nowhere;
  std::string problem;  ///< why the file is ignored, and the cure; "" = it is not, or there is none
};

/// Looks at the file by libpq's rules: a plain one, which neither its group nor others may access. `named`:
/// as passfile= or PGPASSFILE say; "" = `~/.pgpass`, which need not exist.
PostgresPassfile find_passfile(const std::string& named);

}  // namespace dbpool
