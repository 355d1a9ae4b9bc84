#pragma once

#include <string>

#include "dbpool/model/dsn.hpp"

namespace dbpool {

/// Returns the servers that a DSN names, as libpq reads it: `host:port`, several with commas. throws
/// DriverError, whose text quotes nothing of `dsn`.
std::string postgres_servers(const Dsn& dsn);

/// Returns whether a DSN has a host, an address or a port. Ignores one that is malformed.
bool names_a_server(const Dsn& dsn);

}  // namespace dbpool
