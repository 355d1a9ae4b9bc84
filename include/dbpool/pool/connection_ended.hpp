#pragma once

#include <string>
#include <utility>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// The peer closed the connection, as servers and poolers do with idle connections. The statement may have
/// run. Only a connect shows whether the database is up.
class ConnectionEnded : public DriverError {
 public:
  explicit ConnectionEnded(const std::string& message, std::string sqlstate = {})
      : DriverError(ErrorKind::network, message, std::move(sqlstate)) {}
};

}  // namespace dbpool
