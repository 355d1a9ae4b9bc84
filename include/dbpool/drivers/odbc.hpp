#pragma once

#include <memory>
#include <string>

#include "dbpool/model/dsn.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// The threads for ODBC calls, which cannot be interrupted. No thread runs while there is no call. Any thread
/// may use it.
class OdbcThreads;

/// Bounds on the calls that run at once. Further calls wait for their turn.
struct OdbcLimits {
  unsigned threads = 10;    ///< of all drivers; two more threads cancel calls; 1 or more
  unsigned per_driver = 4;  ///< of one driver; leaves threads to others if its database hangs; 1 or more
};

/// Returns a set of threads. One set, shared by every driver, bounds the threads of the process.
std::shared_ptr<OdbcThreads> odbc_threads(OdbcLimits limits = {});

/// Sets PGCLIENTENCODING to UTF8 unless the environment has that variable. Without it, PostgreSQL's ODBC
/// driver calls `setlocale` in each connect: that changes the locale of the process, and the driver then
/// reads a name that the same call of another connect may have freed. Call it first in a program that
/// connects to PostgreSQL by ODBC. REQUIRES: no other thread runs yet.
void set_odbc_encoding();

/// Waits until no ODBC call runs or waits for its turn. Blocks at most until `deadline`. Returns whether all
/// calls have ended. Call it before the process exits: connections close on these threads, and a driver's
/// library must not be unloaded in the middle of a call.
bool await_rest(const OdbcThreads& threads, Deadline deadline);

/// Returns a driver for databases with an ODBC driver. It uses unixODBC and a connection string that names a
/// `Driver` or a `DSN`. Every operation ends at its deadline: a call that has not returned by then is left
/// behind with its connection, and its thread closes both when the call returns. An operation that gets no
/// thread by its deadline fails with timeout. A statement that returns rows reports 0 affected rows. A
/// transaction that SQL text began is recognized only by its keywords.
std::shared_ptr<Driver> odbc_driver(DsnSource dsn, std::shared_ptr<OdbcThreads> threads = odbc_threads());

/// Describes the error in an ODBC connection string without quoting the string; "" if it has no error.
std::string odbc_dsn_problem(const Dsn& dsn);

}  // namespace dbpool
