#pragma once

#include <map>
#include <string>

#include "dbpool/model/dsn.hpp"

namespace dbpool {

/// What is wrong with a DSN for libpq whose password seems to have run into its database: a URI as it is
/// written, or the dbname of a `key=value` string. "" = nothing; what libpq refuses is not looked at.
std::string stray_password_problem(const Dsn& dsn);

/// What is wrong with the values that are shown of a DSN for libpq, by its keywords: a host (but for the `@`
/// of an abstract socket) with an `@`, or a host, database or user that holds a login or a DSN of its own. In
/// our own words, with no piece of a value; "" = nothing.
std::string stray_login_problem(const std::map<std::string, std::string>& options);

/// What is wrong with a value that names the place or the user of an ODBC connection string; "" = nothing.
std::string stray_login_problem(const std::string& keyword, const std::string& value);

}  // namespace dbpool
