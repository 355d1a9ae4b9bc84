#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "dbpool/drivers/odbc.hpp"
#include "drivers/odbc/threads.hpp"
#include "support/driver_calls.hpp"
#include "support/servers/postgres_server.hpp"

namespace dbpool {

/// Set before any thread runs.
inline const bool encoding_is_set = (set_odbc_encoding(), true);

// The drivers have the names that Debian's packages register.

inline std::string odbc_postgres(std::uint16_t port, const std::string& more = "") {
  return "Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=" + std::to_string(port) +
         ";Database=postgres;UID=postgres;" + more;
}

inline std::string odbc_sqlite(const std::string& file) {
  return "Driver={SQLite3};Database=" + file;
}

inline std::shared_ptr<Driver> odbc(const std::string& dsn,
                                    std::shared_ptr<OdbcThreads> threads = odbc_threads()) {
  return odbc_driver(DsnSource(Dsn(dsn)), std::move(threads));
}

inline std::unique_ptr<Connection> open_odbc(const std::string& dsn, Duration bound = 10s) {
  return connect(*odbc(dsn), in(bound));
}

/// Returns whether every thread ends in time.
inline bool all_gone(const OdbcThreads& threads) {
  return eventually([&] { return threads.count() == 0; }, 15s);
}

}  // namespace dbpool
