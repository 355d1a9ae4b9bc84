#pragma once

#include <sqlite3.h>

#include <string>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// `SQLITE_BUSY_SNAPSHOT` for 517; an extended code that is not known is shown as its primary one.
std::string sqlite_code_name(int extended_code);

/// What a failed statement means. A lock that was not had in time is a timeout; a lock that no waiting will
/// give (SQLITE_LOCKED, SQLITE_BUSY_SNAPSHOT) is the statement's failure; a file that cannot be used is
/// network.
ErrorKind sqlite_statement_kind(int extended_code);

/// The last failure on `db`, as `<attempt>: <text of SQLite> (<name of the code>)`.
DriverError sqlite_error(ErrorKind kind, const std::string& attempt, sqlite3* db);

}  // namespace dbpool
