#pragma once

#include <map>
#include <string>

#include "dbpool/model/dsn.hpp"

namespace dbpool {

/// Describes the error in a libpq DSN whose password seems to continue in its database: in a URI as it is
/// written, or in the dbname of a `key=value` string that libpq can parse. "" = none.
std::string stray_password_problem(const Dsn& dsn);

/// Describes the error in the shown values of a libpq DSN, by keyword: an `@` in a host (except as the first
/// character, for an abstract socket), or a login or another DSN in a host, database or user. Quotes no piece
/// of a value; "" = none.
std::string stray_login_problem(const std::map<std::string, std::string>& options);

/// Describes the error in a value of an ODBC connection string if `keyword` names the server, the database or
/// the user; "" = none.
std::string stray_login_problem(const std::string& keyword, const std::string& value);

}  // namespace dbpool
