#include "drivers/odbc/connection.hpp"

#include <exception>

#include "dbpool/pool/connection_ended.hpp"
#include "drivers/odbc/transaction.hpp"

namespace dbpool {
OdbcConnection::~OdbcConnection() {
  if (!session_) return;
  try {
    lane_->run_in_any_case([session = session_] { session->close(); });
  } catch (const std::exception&) {
    // Out of memory: the connection stays open until the process ends.
    return;
  }
}

std::unique_ptr<Operation> OdbcConnection::start_query(std::string sql, Deadline deadline,
                                                       QueryResult* result) {
  return std::make_unique<OdbcStatement>(*this, std::move(sql), deadline, result);
}

/// `succeeded` is false also if the result is unknown.
void OdbcConnection::statement_ended(std::string_view sql, bool succeeded) {
  broken_ = broken_ || session_->is_lost();
  in_transaction_ = in_transaction_after(sql, in_transaction_) || (in_transaction_ && !succeeded);
}

OdbcStatement::~OdbcStatement() {
  if (call_) leave();
}

std::optional<IoWait> OdbcStatement::advance(TimePoint now) {
  if (!call_) begin(now);
  std::optional<IoWait> wait;
  try {
    wait = call_->poll(deadline_);
  } catch (const DriverError& error) {
    call_.reset();
    connection_.statement_ended(sql_, false);
    if (error.kind() == ErrorKind::timeout && deadline_.passed(now)) connection_.broken_ = true;
    // The other thread passes it on as a plain DriverError.
    if (error.kind() == ErrorKind::network) throw ConnectionEnded(error.what(), error.sqlstate());
    throw;
  }
  if (wait && !deadline_.passed(now)) return wait;
  if (wait) time_out();
  call_.reset();
  connection_.statement_ended(sql_, true);
  if (result_ != nullptr) *result_ = std::move(*rows_);
  return std::nullopt;
}

void OdbcStatement::begin(TimePoint now) {
  const std::string failed = "ODBC statement failed: ";
  if (sql_.find('\0') != std::string::npos)
    throw DriverError(ErrorKind::query, failed + "it contains a zero byte");
  if (!connection_.session_) throw DriverError(ErrorKind::network, failed + "the connection was given up");
  if (deadline_.passed(now)) {
    connection_.broken_ = true;
    throw DriverError(ErrorKind::timeout, failed + "it was not begun by its deadline");
  }
  if (result_ != nullptr) rows_ = std::make_shared<QueryResult>();
  const auto& session = connection_.session_;
  call_.emplace(
      *connection_.lane_,
      [session, sql = sql_, deadline = deadline_, rows = rows_] { session->run(sql, deadline, rows.get()); },
      [session] { session->close(); });
}

/// Stops waiting for the call. A call in progress keeps the session, and the driver is asked to cancel it.
OdbcCall::Left OdbcStatement::leave() {
  const auto left = call_->leave();
  call_.reset();
  if (left == OdbcCall::Left::over) connection_.statement_ended(sql_, false);
  if (left != OdbcCall::Left::under_way) return left;
  connection_.broken_ = true;
  const auto session = std::exchange(connection_.session_, nullptr);
  try {
    connection_.lane_->threads().run_cancel([session] { session->cancel(); });
  } catch (const std::exception&) {
    // Out of memory: the statement continues, as it does when no thread is free to cancel it.
    return left;
  }
  return left;
}

void OdbcStatement::time_out() {
  const auto left = leave();
  connection_.broken_ = true;
  throw DriverError(ErrorKind::timeout,
                    left == OdbcCall::Left::never_began
                        ? "ODBC statement failed: no thread was free for it by its deadline"
                        : "ODBC statement failed: it was not done by its deadline");
}

}  // namespace dbpool
