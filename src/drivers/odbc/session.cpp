#include "drivers/odbc/session.hpp"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

namespace dbpool {
namespace {

using std::chrono::seconds;

/// For calls, which can last and run on a thread of their own.
TimePoint now() {
  return std::chrono::steady_clock::now();
}

/// Returns the time until the deadline for ODBC's attributes: in seconds, rounded up, and at least 1, since 0
/// is no limit.
SQLPOINTER seconds_left(Deadline deadline) {
  static constexpr seconds most(std::numeric_limits<std::int32_t>::max());
  const auto left = std::min(std::chrono::ceil<seconds>(deadline.remaining(now())), most).count();
  return std::bit_cast<SQLPOINTER>(static_cast<SQLULEN>(std::max<seconds::rep>(left, 1)));
}

SQLCHAR* text_of(const std::string& text) {
  // ODBC has non-const parameters for texts that it only reads.
  return const_cast<SQLCHAR*>(reinterpret_cast<const SQLCHAR*>(text.c_str()));
}

}  // namespace

/// One statement handle, from its execution to its last row.
class OdbcSession::Statement {
 public:
  Statement(OdbcSession& session, const std::string& sql, Deadline deadline, QueryResult* result)
      : session_(session), sql_(sql), deadline_(deadline), result_(result) {
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, session.dbc_, &handle_)))
      session.fail_statement(diagnose(SQL_HANDLE_DBC, session.dbc_), sql);
    *session.running_.access() = handle_;
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() {
    // Waits for a cancellation in progress: it uses the handle.
    *session_.running_.access() = SQL_NULL_HSTMT;
    SQLFreeHandle(SQL_HANDLE_STMT, handle_);
  }

  void execute() {
    SQLSetStmtAttr(handle_, SQL_ATTR_QUERY_TIMEOUT, seconds_left(deadline_), 0);
    SQLRETURN code = SQLExecDirect(handle_, text_of(sql_), SQL_NTS);
    // SQL_NO_DATA of SQLExecDirect: the statement changed no row. Of SQLMoreResults: there are no more
    // results.
    if (code != SQL_NO_DATA) check(code);
    do {
      read_result();
      code = SQLMoreResults(handle_);
      if (code != SQL_NO_DATA) check(code);
    } while (code != SQL_NO_DATA);
  }

 private:
  void read_result() {
    SQLSMALLINT columns = 0;
    check(SQLNumResultCols(handle_, &columns));
    QueryResult read;
    for (SQLSMALLINT i = 1; i <= columns; ++i) read.columns.push_back(column_name(i));
    if (columns == 0) {
      read.affected_rows = affected_rows();
    } else {
      read_rows(columns, read);
    }
    if (result_ != nullptr) *result_ = std::move(read);
  }

  std::string column_name(SQLSMALLINT column) {
    std::array<SQLCHAR, 512> name{};
    SQLSMALLINT length = 0;
    check(SQLDescribeCol(handle_, static_cast<SQLUSMALLINT>(column), name.data(), name.size(), &length,
                         nullptr, nullptr, nullptr, nullptr));
    return reinterpret_cast<const char*>(name.data());
  }

  std::uint64_t affected_rows() {
    SQLLEN count = 0;
    return SQL_SUCCEEDED(SQLRowCount(handle_, &count)) && count > 0 ? static_cast<std::uint64_t>(count) : 0;
  }

  void read_rows(SQLSMALLINT columns, QueryResult& read) {
    for (SQLRETURN code = SQLFetch(handle_); code != SQL_NO_DATA; code = SQLFetch(handle_)) {
      check(code);
      if (deadline_.passed(now()))
        throw DriverError(ErrorKind::timeout, "ODBC statement failed: it was not done by its deadline");
      if (result_ == nullptr) continue;
      if (read.rows.size() == Connection::max_rows) {
        throw DriverError(ErrorKind::other, "ODBC statement failed: it returned more than " +
                                                std::to_string(Connection::max_rows) + " rows");
      }
      auto& row = read.rows.emplace_back();
      for (SQLSMALLINT i = 1; i <= columns; ++i) row.push_back(value(static_cast<SQLUSMALLINT>(i)));
    }
  }

  /// Reads a value in pieces, until the driver reports no more.
  std::optional<std::string> value(SQLUSMALLINT column) {
    std::array<char, 4096> piece{};
    std::string text;
    while (true) {
      SQLLEN length = 0;
      const SQLRETURN code =
          SQLGetData(handle_, column, SQL_C_CHAR, piece.data(), static_cast<SQLLEN>(piece.size()), &length);
      if (code == SQL_NO_DATA) return text;
      check(code);
      if (length == SQL_NULL_DATA) return std::nullopt;
      const bool more = length == SQL_NO_TOTAL || length >= static_cast<SQLLEN>(piece.size());
      // A driver that does not split a character may fill less than the buffer, up to the terminating zero.
      const std::size_t filled =
          more ? ::strnlen(piece.data(), piece.size()) : static_cast<std::size_t>(length);
      text.append(piece.data(), filled);
      if (code == SQL_SUCCESS || !more) return text;
    }
  }

  void check(SQLRETURN code) {
    if (!SQL_SUCCEEDED(code)) session_.fail_statement(diagnose(SQL_HANDLE_STMT, handle_), sql_);
  }

  OdbcSession& session_;
  const std::string& sql_;
  Deadline deadline_;
  QueryResult* result_;
  SQLHSTMT handle_ = SQL_NULL_HSTMT;
};

void OdbcSession::connect(Deadline deadline) {
  const auto succeeded = [](SQLRETURN code) { return SQL_SUCCEEDED(code); };
  if (!succeeded(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env_)))
    fail_connect({"", "the driver manager gave no environment"});
  SQLSetEnvAttr(env_, SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
  if (!succeeded(SQLAllocHandle(SQL_HANDLE_DBC, env_, &dbc_))) fail_connect(diagnose(SQL_HANDLE_ENV, env_));
  SQLSetConnectAttr(dbc_, SQL_ATTR_LOGIN_TIMEOUT, seconds_left(deadline), 0);
  const SQLRETURN code = SQLDriverConnect(dbc_, nullptr, text_of(target_.text), SQL_NTS, nullptr, 0, nullptr,
                                          SQL_DRIVER_NOPROMPT);
  if (!succeeded(code)) fail_connect(diagnose(SQL_HANDLE_DBC, dbc_));
  connected_ = true;
}

void OdbcSession::run(const std::string& sql, Deadline deadline, QueryResult* result) {
  Statement(*this, sql, deadline, result).execute();
}

void OdbcSession::cancel() noexcept {
  const auto running = running_.access();
  if (*running != SQL_NULL_HSTMT) SQLCancel(*running);
}

void OdbcSession::close() noexcept {
  if (connected_ && !SQL_SUCCEEDED(SQLDisconnect(dbc_))) {
    // SQLDisconnect fails while a transaction is open.
    SQLEndTran(SQL_HANDLE_DBC, dbc_, SQL_ROLLBACK);
    SQLDisconnect(dbc_);
  }
  if (dbc_ != SQL_NULL_HDBC) SQLFreeHandle(SQL_HANDLE_DBC, dbc_);
  if (env_ != SQL_NULL_HENV) SQLFreeHandle(SQL_HANDLE_ENV, env_);
  connected_ = false;
  dbc_ = SQL_NULL_HDBC;
  env_ = SQL_NULL_HENV;
}

void OdbcSession::fail_connect(const OdbcDiagnosis& diagnosis) {
  std::string message = "cannot connect by ODBC to " + target_.place + ": " + target_.present(diagnosis.text);
  if (!diagnosis.sqlstate.empty()) message += " (" + diagnosis.sqlstate + ")";
  throw DriverError(odbc_connect_kind(diagnosis), message, diagnosis.sqlstate);
}

void OdbcSession::fail_statement(const OdbcDiagnosis& diagnosis, std::string_view sql) {
  const ErrorKind kind = odbc_statement_kind(diagnosis.sqlstate, is_dead() || odbc_says_lost(diagnosis));
  lost_ = lost_ || kind == ErrorKind::network;
  std::string message = "ODBC statement failed: " + target_.present(diagnosis.text, sql);
  if (!diagnosis.sqlstate.empty()) message += " (" + diagnosis.sqlstate + ")";
  throw DriverError(kind, message, diagnosis.sqlstate);
}

bool OdbcSession::is_dead() const {
  SQLUINTEGER dead = SQL_CD_FALSE;
  return SQL_SUCCEEDED(SQLGetConnectAttr(dbc_, SQL_ATTR_CONNECTION_DEAD, &dead, 0, nullptr)) &&
         dead == SQL_CD_TRUE;
}

}  // namespace dbpool
