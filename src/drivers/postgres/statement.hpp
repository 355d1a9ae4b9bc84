#pragma once

#include <libpq-fe.h>

#include <optional>
#include <string>
#include <utility>

#include "dbpool/pool/driver.hpp"
#include "drivers/postgres/connection.hpp"

namespace dbpool {

/// Sends one query string by the simple protocol (poolers' consoles support no other) and reads its results
/// row by row. Of several results the last one counts. An operation that ends early abandons the connection.
class PostgresStatement : public Operation {
 public:
  /// Rows are stored in `result`, or dropped if it is null. `connection` and `result` outlive the operation.
  PostgresStatement(PostgresConnection& connection, std::string sql, Deadline deadline,
                    QueryResult* result = nullptr)
      : connection_(connection),
        conn_(connection.libpq()),
        sql_(std::move(sql)),
        deadline_(deadline),
        result_(result) {}
  ~PostgresStatement() override;

  std::optional<IoWait> advance(TimePoint now) override;

 private:
  enum class Step { send, receive, ended };

  void give_up_when_late(TimePoint now);
  void send();
  std::optional<IoWait> receive();
  void take(const PGresult* result);
  void take_columns(const PGresult* result);
  void take_row(const PGresult* result);
  void note_error(const PGresult* result);
  void end();
  [[noreturn]] void give_up(ErrorKind kind, const std::string& why);

  PostgresConnection& connection_;
  PGconn* conn_;
  std::string sql_;
  Deadline deadline_;
  QueryResult* result_;
  Step step_ = Step::send;
  bool in_rows_ = false;  // rows of the current result have arrived
  std::optional<DriverError> error_;
};

}  // namespace dbpool
