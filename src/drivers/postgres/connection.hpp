#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/drivers/postgres.hpp"
#include "dbpool/pool/driver.hpp"
#include "drivers/postgres/dsn.hpp"
#include "drivers/postgres/threads.hpp"

namespace dbpool {

/// A connection of libpq. Its socket does not block, and closing it does not wait.
class PostgresConnection : public Connection {
 public:
  PostgresConnection(PgHandle conn, std::vector<std::string> secrets,
                     std::shared_ptr<PostgresThreads> threads, PostgresCancel cancel);
  ~PostgresConnection() override;

  std::unique_ptr<Operation> start_query(std::string sql, Deadline deadline, QueryResult* result) override;
  bool is_broken() const noexcept override;
  void* native_handle() noexcept override { return conn_.get(); }

  PGconn* libpq() const noexcept { return conn_.get(); }
  /// Returns a text of libpq or the server for messages, without secrets.
  std::string present(std::string_view text) const { return redacted_line(text, secrets_); }
  /// Leaves the handle (`libpq()`) to another owner, in blocking mode. Until `take_back` this connection is
  /// broken.
  void hand_out() noexcept;
  /// Takes the handle back with the settings of this driver. nullptr: the other owner closed it.
  void take_back(PgHandle conn) noexcept;
  /// Marks the connection as broken. Asks the server, on another thread, to cancel a running statement,
  /// unless `cancel` was `PostgresCancel::leave`.
  void abandon() noexcept;

 private:
  void configure() noexcept;

  PgHandle conn_;
  std::vector<std::string> secrets_;
  std::shared_ptr<PostgresThreads> threads_;
  PostgresCancel cancel_;
  bool abandoned_ = false;
};

}  // namespace dbpool
