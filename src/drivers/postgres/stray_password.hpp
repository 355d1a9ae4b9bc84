#pragma once

#include <string>

#include "dbpool/model/dsn.hpp"

namespace dbpool {

/// Describes the error in a libpq DSN whose password seems to continue in its database: in a URI as it is
/// written, or in the dbname of a `key=value` string that libpq can parse. "" = none.
std::string stray_password_problem(const Dsn& dsn);

}  // namespace dbpool
