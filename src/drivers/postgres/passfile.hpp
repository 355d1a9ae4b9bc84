#pragma once

#include <string>

namespace dbpool {

/// The password file that libpq may be given. libpq complains about a bad one on standard error and connects
/// without it, so libpq gets only a file that it accepts, and `problem` describes a bad one.
struct PostgresPassfile {
  /// A path at which no file can exist: libpq ignores it without a message.
  static constexpr const char* nowhere = "/dev/null/";

  std::string path = nowhere;
  std::string problem;  ///< why the file is ignored, and the cure; "" = not ignored, or no file
};

/// Checks the file by libpq's rules: a plain file that neither its group nor others may access. `named`: the
/// value of passfile= or PGPASSFILE; "" = `~/.pgpass`, which may be absent.
PostgresPassfile find_passfile(const std::string& named);

/// Hides the file of PGPASSFILE or `~/.pgpass` from other code in this process that uses libpq, such as an
/// ODBC driver, if libpq would only complain about it on standard error: prefixes its name with `nowhere`,
/// which `find_passfile` removes. REQUIRES: no other thread runs, because this changes the environment.
void hide_unusable_passfile();

}  // namespace dbpool
