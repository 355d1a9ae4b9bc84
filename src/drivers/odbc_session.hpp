#pragma once

#include <sql.h>

#include <string>
#include <string_view>

#include "dbpool/pool/driver.hpp"
#include "dbpool/sync/guarded.hpp"
#include "drivers/odbc_dsn.hpp"
#include "drivers/odbc_errors.hpp"

namespace dbpool {

/// The handles of one connection and the calls on them, each of which may block for as long as the driver
/// likes. Belongs to one thread at a time; `cancel` may come from another. Its destructor frees nothing:
/// only `close` does, because that blocks, too.
class OdbcSession {
 public:
  explicit OdbcSession(OdbcTarget target) : target_(std::move(target)) {}
  OdbcSession(const OdbcSession&) = delete;
  OdbcSession& operator=(const OdbcSession&) = delete;

  /// The driver is asked to give up at the deadline, and may not listen. throws DriverError.
  void connect(Deadline deadline);
  /// Runs one statement; of several results the last one counts. throws DriverError.
  void run(const std::string& sql, Deadline deadline, QueryResult* result);
  /// Asks the driver to end the statement that is running.
  void cancel() noexcept;
  void close() noexcept;

  /// True once the driver has said that the connection is no more.
  bool is_lost() const noexcept { return lost_; }
  SQLHDBC handle() const noexcept { return dbc_; }

 private:
  class Statement;

  [[noreturn]] void fail_connect(const OdbcDiagnosis& diagnosis);
  [[noreturn]] void fail_statement(const OdbcDiagnosis& diagnosis, std::string_view sql);
  bool is_dead() const;

  const OdbcTarget target_;
  SQLHENV env_ = SQL_NULL_HENV;  // of its own, so that connections share nothing that one could lock
  SQLHDBC dbc_ = SQL_NULL_HDBC;
  bool connected_ = false;
  bool lost_ = false;
  Guarded<SQLHSTMT> running_;  // what `cancel` is about; null between statements
};

}  // namespace dbpool
