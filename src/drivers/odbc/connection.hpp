#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dbpool/pool/driver.hpp"
#include "drivers/odbc/call.hpp"
#include "drivers/odbc/session.hpp"

namespace dbpool {

/// A connection over ODBC. All its calls, closing included, run on the threads of its driver's lane. A call
/// that outlives its deadline keeps the session.
class OdbcConnection : public Connection {
 public:
  OdbcConnection(std::shared_ptr<OdbcSession> session, std::shared_ptr<OdbcLane> lane)
      : session_(std::move(session)), lane_(std::move(lane)) {}
  OdbcConnection(const OdbcConnection&) = delete;
  OdbcConnection& operator=(const OdbcConnection&) = delete;
  ~OdbcConnection() override;

  std::unique_ptr<Operation> start_query(std::string sql, Deadline deadline, QueryResult* result) override;
  bool is_broken() const noexcept override { return broken_ || in_transaction_; }
  /// Returns the HDBC; null once a late call has kept the session.
  void* native_handle() noexcept override { return session_ ? session_->handle() : nullptr; }

 private:
  friend class OdbcStatement;

  void statement_ended(std::string_view sql, bool succeeded);

  std::shared_ptr<OdbcSession> session_;  // null once a late call has kept it
  std::shared_ptr<OdbcLane> lane_;
  bool broken_ = false;
  bool in_transaction_ = false;
};

/// One statement: waits for its turn, then for the call, until the deadline.
class OdbcStatement : public Operation {
 public:
  /// Rows are stored in `result`, or dropped if it is null. `connection` and `result` outlive the operation.
  OdbcStatement(OdbcConnection& connection, std::string sql, Deadline deadline, QueryResult* result)
      : connection_(connection), sql_(std::move(sql)), deadline_(deadline), result_(result) {}
  ~OdbcStatement() override;

  std::optional<IoWait> advance(TimePoint now) override;

 private:
  void begin(TimePoint now);
  OdbcCall::Left leave();
  [[noreturn]] void time_out();

  OdbcConnection& connection_;
  std::string sql_;
  Deadline deadline_;
  QueryResult* result_;
  std::shared_ptr<QueryResult> rows_;  // filled by the call, which may outlive `result_`
  std::optional<OdbcCall> call_;
};

}  // namespace dbpool
