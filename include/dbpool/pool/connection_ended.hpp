#pragma once

#include <string>
#include <utility>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// The other end has closed the connection, as servers and poolers do with what is idle. The statement may or
/// may not have run. Whether the database is there, only a connect tells.
class ConnectionEnded : public DriverError {
 public:
  explicit ConnectionEnded(const std::string& message, std::string sqlstate = {})
      : DriverError(ErrorKind::network, message, std::move(sqlstate)) {}
};

}  // namespace dbpool
