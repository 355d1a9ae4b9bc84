#pragma once

#include <functional>
#include <string>

#include "config/value.hpp"
#include "dbpool/model/dsn.hpp"

namespace dbpool {

/// Adds what is wrong with the DSN that `dsn` or `dsn_file` in `written` says. `problem_of` returns "" for a
/// DSN that is fine, and quotes nothing of any other. Returns whether one of the two is there.
bool check_dsn(const DsnSource& dsn, const Value& written, Problems& problems,
               const std::function<std::string(const Dsn&)>& problem_of);

/// What is wrong with a connection string for libpq; "" = nothing.
std::string postgres_problem(const Dsn& dsn);

/// What is wrong with a connection string for ODBC; "" = nothing.
std::string odbc_problem(const Dsn& dsn);

}  // namespace dbpool
