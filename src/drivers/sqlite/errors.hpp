#pragma once

#include <sqlite3.h>

#include <string>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// Returns the name of a code: `SQLITE_BUSY_SNAPSHOT` for 517; of an unknown extended code, the primary
/// code's name and the number.
std::string sqlite_code_name(int extended_code);

/// Returns the kind of a failed statement. A lock not acquired in time is a timeout; a lock that waiting
/// cannot acquire (SQLITE_LOCKED, SQLITE_BUSY_SNAPSHOT) is an error of the statement (query); an unusable
/// file is network.
ErrorKind sqlite_statement_kind(int extended_code);

/// Returns the last failure on `db`, as `<attempt>: <text of SQLite> (<name of the code>)`.
DriverError sqlite_error(ErrorKind kind, const std::string& attempt, sqlite3* db);

}  // namespace dbpool
