#pragma once

#include <string>

#include "dbpool/model/dsn.hpp"

namespace dbpool {

/// Returns the servers that a DSN names, as libpq reads it: `host:port`, several with commas. throws
/// DriverError, whose text quotes nothing of `dsn`.
std::string postgres_servers(const Dsn& dsn);

}  // namespace dbpool
