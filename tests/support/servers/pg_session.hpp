#pragma once

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace dbpool {

/// A session that a test holds open to lock something or to occupy a slot. One thread at a time.
class PgSession {
 public:
  /// Connects on this thread. throws std::runtime_error.
  explicit PgSession(const std::string& dsn)
      : conn_(PQconnectdb((dsn + " application_name=fixture").c_str()), PQfinish) {
    if (PQstatus(conn_.get()) != CONNECTION_OK)
      throw std::runtime_error("fixture session failed: " + std::string(PQerrorMessage(conn_.get())));
  }

  /// throws std::runtime_error.
  void run(const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(conn_.get(), sql.c_str()), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
      throw std::runtime_error("fixture statement failed: " + std::string(PQerrorMessage(conn_.get())));
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> conn_;
};

}  // namespace dbpool
