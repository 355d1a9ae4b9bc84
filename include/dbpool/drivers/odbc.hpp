#pragma once

#include <memory>
#include <string>

#include "dbpool/model/dsn.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// The threads on which ODBC calls run, because nobody can interrupt them. None when idle. Any thread may
/// use it.
class OdbcThreads;

/// How many calls run at once; what is beyond waits for its turn.
struct OdbcLimits {
  unsigned threads = 10;    ///< of all drivers together, and two more for cancelling; 1 or more
  unsigned per_driver = 4;  ///< so that a database that hangs leaves threads to the others; 1 or more
};

/// Made once and given to every driver, it bounds the threads of a whole process.
std::shared_ptr<OdbcThreads> odbc_threads(OdbcLimits limits = {});

/// Waits until no ODBC call is under way or waits for its turn, at most until `deadline`. For the end of a
/// process: connections close on these threads, and a driver's library should not be in the middle of
/// something when it is unloaded. Returns whether all have ended. Blocks.
bool await_rest(const OdbcThreads& threads, Deadline deadline);

/// Connects to whatever there is an ODBC driver for, through unixODBC, by a connection string that names a
/// `Driver` or a `DSN`. Every operation ends at its deadline: a call that has not returned by then is left
/// behind with its connection, and its thread closes both when it does return. An operation that gets no
/// thread by its deadline fails with timeout. A statement that returns rows reports none affected, and a
/// transaction that was begun by SQL text is recognized by its words only.
std::shared_ptr<Driver> odbc_driver(DsnSource dsn, std::shared_ptr<OdbcThreads> threads = odbc_threads());

/// What is wrong with an ODBC connection string, in our own words and without quoting it; "" when it is fine.
std::string odbc_dsn_problem(const Dsn& dsn);

}  // namespace dbpool
