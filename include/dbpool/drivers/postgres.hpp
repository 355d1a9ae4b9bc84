#pragma once

#include <memory>

#include "dbpool/model/dsn.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// The few threads (at most 8, none when idle) for what can only be done by calls that nobody can interrupt:
/// looking up host names and cancelling statements that missed their deadline. Any thread may use it.
class PostgresThreads;

/// Made once and given to every driver, it bounds the threads of a whole process.
std::shared_ptr<PostgresThreads> postgres_threads();

/// What happens at the server to a statement that missed its deadline. `ask` takes a connection of its own,
/// which a server that hangs keeps open. A pooler drops the request of a client that has left anyway.
enum class PostgresCancel { ask, leave };

/// Connects to PostgreSQL, or to anything that speaks its protocol, by a libpq connection string or URI.
/// Connecting and pinging never hold a thread, and every call ends at its deadline, also when the server is
/// stopped or swallows packets. What the connection string leaves open comes from libpq's environment
/// variables, service file and password file, but for client_encoding: texts come as UTF-8 unless the
/// connection string says otherwise. Its `connect_timeout` gives way to the deadline. Notifications that have
/// come by the end of a statement are dropped. libpq writes nothing to standard error.
std::shared_ptr<Driver> postgres_driver(DsnSource dsn,
                                        std::shared_ptr<PostgresThreads> threads = postgres_threads(),
                                        PostgresCancel cancel = PostgresCancel::ask);

/// What is wrong with a libpq connection string, in our own words and without quoting it; "" when it is fine.
std::string postgres_dsn_problem(const Dsn& dsn);

/// Why the password file (passfile=, PGPASSFILE or ~/.pgpass) is ignored, as libpq would ignore it, and what
/// is allowed; "" when it is not, when there is none, and when a password comes from elsewhere. A connect
/// goes on without a password then. Looks at the file; does not read it.
std::string postgres_passfile_problem(const Dsn& dsn);

}  // namespace dbpool
