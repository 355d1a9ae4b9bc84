#pragma once

#include <sql.h>

#include <string>
#include <string_view>

#include "dbpool/pool/driver.hpp"
#include "dbpool/sync/guarded.hpp"
#include "drivers/odbc/dsn.hpp"
#include "drivers/odbc/errors.hpp"

namespace dbpool {

/// The handles of one connection and the calls on them, each of which may block without a bound. Used by one
/// thread at a time; `cancel` may be called on another. The destructor frees nothing: `close` does, because
/// that may block too.
class OdbcSession {
 public:
  explicit OdbcSession(OdbcTarget target) : target_(std::move(target)) {}
  OdbcSession(const OdbcSession&) = delete;
  OdbcSession& operator=(const OdbcSession&) = delete;

  /// Connects. Asks the driver to stop at the deadline, but a driver may ignore that. throws DriverError.
  void connect(Deadline deadline);
  /// Runs one statement; of several results the last one counts. throws DriverError.
  void run(const std::string& sql, Deadline deadline, QueryResult* result);
  /// Asks the driver to end the running statement.
  void cancel() noexcept;
  void close() noexcept;

  /// Returns true once the driver has reported that the connection is lost.
  bool is_lost() const noexcept { return lost_; }
  SQLHDBC handle() const noexcept { return dbc_; }

 private:
  class Statement;

  [[noreturn]] void fail_connect(const OdbcDiagnosis& diagnosis);
  [[noreturn]] void fail_statement(const OdbcDiagnosis& diagnosis, std::string_view sql);
  bool is_dead() const;

  const OdbcTarget target_;
  SQLHENV env_ = SQL_NULL_HENV;  // not shared, so that connections have no lock in common
  SQLHDBC dbc_ = SQL_NULL_HDBC;
  bool connected_ = false;
  bool lost_ = false;
  Guarded<SQLHSTMT> running_;  // the statement that `cancel` ends; null between statements
};

}  // namespace dbpool
