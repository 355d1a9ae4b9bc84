#pragma once

#include <memory>
#include <string>

#include "dbpool/drivers/postgres.hpp"
#include "support/driver_calls.hpp"

namespace dbpool {

inline std::unique_ptr<Connection> open(const std::string& dsn, Duration bound = 5s) {
  return connect(*postgres_driver(DsnSource(Dsn(dsn))), in(bound));
}

}  // namespace dbpool
