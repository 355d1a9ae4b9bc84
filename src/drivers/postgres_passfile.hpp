#pragma once

#include <string>

namespace dbpool {

/// libpq's password file, as it may be given to libpq. libpq says what it dislikes about one on standard
/// error and goes on without it; so it gets only a file that it will take, and we say what is wrong.
struct PostgresPassfile {
  /// No file is there, and never will be: libpq passes over it in silence.
  static constexpr const char* nowhere = "/dev/null/";

  std::string path = nowhere;
  std::string problem;  ///< why the file is ignored, and the cure; "" = it is not, or there is none
};

/// Looks at the file by libpq's rules: a plain one, which neither its group nor others may access. `named`:
/// as passfile= or PGPASSFILE say; "" = `~/.pgpass`, which need not exist.
PostgresPassfile find_passfile(const std::string& named);

/// Keeps others in this process that use libpq, such as a driver of ODBC, from the file of PGPASSFILE or
/// `~/.pgpass` if they would only complain of it on standard error: prefixes its name by `nowhere`, which
/// `find_passfile` takes off again. Changes the environment, so it is called before there are threads.
void hide_unusable_passfile();

}  // namespace dbpool
