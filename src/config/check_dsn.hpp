#pragma once

#include <functional>
#include <string>

#include "config/key_table.hpp"
#include "dbpool/model/dsn.hpp"

namespace dbpool {

/// Adds the errors in the DSN that `dsn` or `dsn_file` in `written` gives. `problem_of` returns "" for a
/// valid DSN, else an error that quotes none of it. Returns whether one of the two keys is present.
bool check_dsn(const DsnSource& dsn, const Written& written, Problems& problems,
               const std::function<std::string(const Dsn&)>& problem_of);

/// Describes the error in a connection string for libpq; "" = none.
std::string postgres_problem(const Dsn& dsn);

/// Describes the error in a connection string for ODBC; "" = none.
std::string odbc_problem(const Dsn& dsn);

}  // namespace dbpool
