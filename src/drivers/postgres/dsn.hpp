#pragma once

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dbpool/model/dsn.hpp"
#include "drivers/postgres/place.hpp"
#include "drivers/redacted_line.hpp"

namespace dbpool {

/// A connection string merged with libpq's current environment, service file and defaults.
struct PostgresTarget {
  std::map<std::string, std::string> options;  ///< by libpq keyword, without host, hostaddr and port
  std::vector<PostgresPlace> places;           ///< in the order in which libpq tries them; never empty
  std::string database;
  std::string user;
  std::vector<std::string> secrets;  ///< values that must never be shown
  std::string passfile_problem;      ///< why the needed password file is ignored; "" = it is not

  /// Returns the target for messages: `"app" at db1:5432, db2:5432 as "bob"`.
  std::string describe() const;
};

/// Reads the options as libpq would, but `client_encoding` is UTF8 unless `dsn` sets it, and `passfile` is a
/// file that libpq accepts without a complaint. May read the service file; does not use the network. throws
/// DriverError (connect), whose text quotes nothing of `dsn`.
PostgresTarget read_target(const Dsn& dsn);

struct PgClose {
  void operator()(PGconn* conn) const noexcept { PQfinish(conn); }
};
using PgHandle = std::unique_ptr<PGconn, PgClose>;

/// Begins to connect to `places`, up to a connect() that does not wait. throws std::bad_alloc.
PgHandle start_libpq(const PostgresTarget& target, const std::vector<PostgresPlace>& places);

}  // namespace dbpool
