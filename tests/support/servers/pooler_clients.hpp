#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace dbpool {

/// An application's session through a pooler. One thread at a time.
class PoolerClient {
 public:
  /// Connects and starts pg_sleep at the server. throws std::runtime_error if it is rejected.
  PoolerClient(const std::string& dsn, double seconds) : conn_(PQconnectdb(dsn.c_str()), PQfinish) {
    const std::string sleep = "SELECT pg_sleep(" + std::to_string(seconds) + ")";
    if (PQstatus(conn_.get()) != CONNECTION_OK || PQsendQuery(conn_.get(), sleep.c_str()) == 0)
      throw std::runtime_error(PQerrorMessage(conn_.get()));
    asked_ = std::chrono::steady_clock::now();
  }

  /// Waits until the statement has ended.
  void wait() {
    while (const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQgetResult(conn_.get()), PQclear}) {
    }
  }
  std::chrono::steady_clock::time_point asked() const noexcept { return asked_; }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> conn_;
  std::chrono::steady_clock::time_point asked_;
};

}  // namespace dbpool
