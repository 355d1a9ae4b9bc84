#pragma once

#include <memory>

#include "dbpool/model/dsn.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// Threads for the blocking calls that cannot be interrupted: host name lookups and the cancellation of
/// statements that missed their deadline. At most 8, none when idle. Any thread may use it.
class PostgresThreads;

/// Returns a set of threads. One set, shared by every driver, bounds the threads of the process.
std::shared_ptr<PostgresThreads> postgres_threads();

/// Whether to cancel a statement at the server after it missed its deadline. `ask` sends the request over a
/// second connection, which stays open while the server hangs. A pooler ignores the request once the client
/// has disconnected.
enum class PostgresCancel { ask, leave };

/// Returns a driver for PostgreSQL and for servers that speak its protocol. The DSN is a libpq connection
/// string or URI. Connects and statements hold no thread while they wait. Every call ends at its deadline,
/// even if the server is stopped or packets are lost. Settings that the connection string omits come from
/// libpq's environment variables, service file and password file, with two exceptions: client_encoding
/// defaults to UTF-8 and gssencmode to disable. The deadline replaces `connect_timeout`. Notifications
/// received by the end of a statement are dropped. libpq writes nothing to standard error.
std::shared_ptr<Driver> postgres_driver(DsnSource dsn,
                                        std::shared_ptr<PostgresThreads> threads = postgres_threads(),
                                        PostgresCancel cancel = PostgresCancel::ask);

/// Describes the error in a libpq connection string without quoting the string; "" if it has no error.
std::string postgres_dsn_problem(const Dsn& dsn);

/// Describes why the password file (passfile=, PGPASSFILE or ~/.pgpass) is ignored, by libpq's rules, and
/// which file is allowed. A connect then continues without a password. "" if the file is usable, if ~/.pgpass
/// is absent, or if another setting gives the password. Checks the file's attributes; does not read it.
std::string postgres_passfile_problem(const Dsn& dsn);

}  // namespace dbpool
