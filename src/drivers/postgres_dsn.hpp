#pragma once

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dbpool/model/dsn.hpp"
#include "drivers/presentable.hpp"

namespace dbpool {

/// One place where a server may be: an element of libpq's lists host, hostaddr and port.
struct PostgresPlace {
  std::string host;     ///< a name, a socket's directory, or empty for libpq's default
  std::string address;  ///< numeric; empty for a socket, and for a name that is not looked up yet
  std::string port;

  /// True for a host name that only a lookup can turn into addresses.
  bool needs_lookup() const;
  bool operator==(const PostgresPlace&) const = default;
};

/// What a connection string means here and now, with libpq's environment, service file and defaults merged
/// in.
struct PostgresTarget {
  std::map<std::string, std::string> options;  ///< by libpq keyword, without host, hostaddr and port
  std::vector<PostgresPlace> places;           ///< in the order in which libpq tries them; never empty
  std::string database;
  std::string user;
  std::vector<std::string> secrets;  ///< values that must never be shown
  std::string
      passfile_problem;  ///< why the password file is ignored that a password is needed from; "" = not

  /// For messages: `"app" at db1:5432, db2:5432 as "bob"`.
  std::string describe() const;
};

/// Reads what libpq would, but `client_encoding` is UTF8 unless `dsn` says otherwise, and `passfile` is one
/// that libpq takes without a word. May read the service file; touches no network. throws DriverError
/// (connect) in our own words, which quote nothing of `dsn`.
PostgresTarget read_target(const Dsn& dsn);

struct PgClose {
  void operator()(PGconn* conn) const noexcept { PQfinish(conn); }
};
using PgHandle = std::unique_ptr<PGconn, PgClose>;

/// Begins to connect to `places`; goes as far as a connect() that does not wait. throws std::bad_alloc.
PgHandle start_libpq(const PostgresTarget& target, const std::vector<PostgresPlace>& places);

}  // namespace dbpool
