#pragma once

#include <map>
#include <string>

#include "snapshot/pool_source.hpp"

namespace dbpool {

/// The error with which logins fail, by database of a pooler; a database where none is known to fail is
/// absent.
using FailedLogins = std::map<std::string, std::string>;

/// Returns the logins that a pooler's own client (`synthetic`) saw fail. Pure.
FailedLogins failed_logins(const PoolSource::Reading& reading);

/// Returns those, and the databases where clients wait and the pooler has no server for them although it has
/// not paused the pool. Pure.
FailedLogins failing_databases(const PoolSource::Reading& reading);

}  // namespace dbpool
