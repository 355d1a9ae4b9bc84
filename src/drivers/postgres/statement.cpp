#include "drivers/postgres/statement.hpp"

#include <poll.h>

#include <charconv>
#include <memory>
#include <string_view>

#include "dbpool/pool/connection_ended.hpp"
#include "drivers/postgres/sqlstate.hpp"

namespace dbpool {
namespace {

struct PgClear {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, PgClear>;

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

/// Returns the severity in English. Poolers send only the field that a server would translate, in English.
std::string severity_of(const PGresult* result) {
  const std::string severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity.empty() ? field(result, PG_DIAG_SEVERITY) : severity;
}

ErrorKind kind_of(std::string_view sqlstate, bool fatal) {
  const ErrorKind kind = kind_of_sqlstate(sqlstate);
  return fatal && kind == ErrorKind::query ? ErrorKind::network : kind;
}

/// Returns the number of rows that a statement changed; rows that it only reads do not count.
std::uint64_t affected_rows(const PGresult* result) {
  // libpq 15 has a non-const parameter for a result that it only reads.
  PGresult* const readable = const_cast<PGresult*>(result);
  const std::string_view tag = PQcmdStatus(readable);
  if (PQnfields(result) > 0 && (tag.starts_with("SELECT") || tag.starts_with("FETCH"))) return 0;
  const std::string_view text = PQcmdTuples(readable);
  std::uint64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace

PostgresStatement::~PostgresStatement() {
  if (step_ == Step::receive) connection_.abandon();
}

std::optional<IoWait> PostgresStatement::advance(TimePoint now) {
  if (step_ == Step::send) {
    give_up_when_late(now);
    send();
  }
  // An answer that has arrived counts, however late it is read: this process may have been stopped meanwhile.
  const auto wait = receive();
  if (wait) give_up_when_late(now);
  return wait;
}

void PostgresStatement::give_up_when_late(TimePoint now) {
  if (deadline_.passed(now)) give_up(ErrorKind::timeout, "it was not done by its deadline");
}

void PostgresStatement::send() {
  if (sql_.find('\0') != std::string::npos) {
    step_ = Step::ended;
    throw DriverError(ErrorKind::query, "PostgreSQL statement failed: it contains a zero byte");
  }
  if (PQsendQuery(conn_, sql_.c_str()) == 0) give_up(ErrorKind::network, PQerrorMessage(conn_));
  PQsetSingleRowMode(conn_);
  step_ = Step::receive;
}

std::optional<IoWait> PostgresStatement::receive() {
  const bool unsent = PQflush(conn_) == 1;
  const bool lost = PQconsumeInput(conn_) == 0;
  if (lost && PQstatus(conn_) == CONNECTION_OK) give_up(ErrorKind::network, PQerrorMessage(conn_));
  // After a lost connection, the buffer may still contain the server's last message. PQgetResult does not
  // wait then.
  while (lost || PQisBusy(conn_) == 0) {
    const PgResult result(PQgetResult(conn_));
    if (!result) {
      end();
      return std::nullopt;
    }
    take(result.get());
  }
  return IoWait{PQsocket(conn_), static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN), deadline_.when()};
}

void PostgresStatement::take(const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_SINGLE_TUPLE:
      if (!in_rows_) take_columns(result);
      in_rows_ = true;
      return take_row(result);
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      if (!in_rows_) take_columns(result);
      in_rows_ = false;
      if (result_ != nullptr) result_->affected_rows = affected_rows(result);
      return;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      give_up(ErrorKind::query, "COPY to or from the client is not supported");
    default:
      note_error(result);
  }
}

void PostgresStatement::take_columns(const PGresult* result) {
  if (result_ == nullptr) return;
  *result_ = {};
  for (int i = 0; i < PQnfields(result); ++i) result_->columns.emplace_back(PQfname(result, i));
}

void PostgresStatement::take_row(const PGresult* result) {
  if (result_ == nullptr) return;
  if (result_->rows.size() == Connection::max_rows) {
    give_up(ErrorKind::other, "it returned more than " + std::to_string(Connection::max_rows) + " rows");
  }
  auto& row = result_->rows.emplace_back();
  for (int i = 0; i < PQnfields(result); ++i) {
    if (PQgetisnull(result, 0, i) != 0) {
      row.emplace_back();
    } else {
      row.emplace_back(std::in_place, PQgetvalue(result, 0, i),
                       static_cast<std::size_t>(PQgetlength(result, 0, i)));
    }
  }
}

void PostgresStatement::note_error(const PGresult* result) {
  if (error_) return;
  const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
  const std::string severity = severity_of(result);
  // The full text would quote the statement, which may contain a secret.
  std::string text = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (text.empty()) text = PQresultErrorMessage(result);
  const bool fatal = severity == "FATAL" || severity == "PANIC" || PQstatus(conn_) != CONNECTION_OK;
  std::string message = "PostgreSQL statement failed: " + connection_.present(text);
  if (!sqlstate.empty()) message += " (" + sqlstate + ")";
  error_.emplace(kind_of(sqlstate, fatal), message, sqlstate);
}

void PostgresStatement::end() {
  step_ = Step::ended;
  // After LISTEN, a session would otherwise collect notifications forever.
  while (PGnotify* const notification = PQnotifies(conn_)) PQfreemem(notification);
  if (!error_) return;
  // Also after an error that did not report the end, but was the server's last message.
  const bool ended = PQstatus(conn_) != CONNECTION_OK;
  if (ended && (error_->kind() == ErrorKind::network || error_->kind() == ErrorKind::query))
    throw ConnectionEnded(error_->what(), error_->sqlstate());
  throw *error_;
}

void PostgresStatement::give_up(ErrorKind kind, const std::string& why) {
  step_ = Step::ended;
  connection_.abandon();
  const std::string message = "PostgreSQL statement failed: " + connection_.present(why);
  if (kind == ErrorKind::network) throw ConnectionEnded(message);
  throw DriverError(kind, message);
}

}  // namespace dbpool
