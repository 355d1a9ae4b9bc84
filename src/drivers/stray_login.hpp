#pragma once

#include <map>
#include <string>

namespace dbpool {

/// The error for an `@` that no encoding explains.
inline constexpr const char* stray_at_problem =
    "an \"@\" in the host, the port or the database (a login or a piece of a password?)";

/// Describes the error in the shown values of a libpq DSN, by keyword: an `@` in a host (except as the first
/// character, for an abstract socket), or a login or another DSN in a host, database or user. Quotes no piece
/// of a value; "" = none.
std::string stray_login_problem(const std::map<std::string, std::string>& options);

/// Describes the error in a value of an ODBC connection string if `keyword` names the server, the database or
/// the user; "" = none.
std::string stray_login_problem(const std::string& keyword, const std::string& value);

}  // namespace dbpool
