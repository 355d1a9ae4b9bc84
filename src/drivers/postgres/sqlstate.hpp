#pragma once

#include <string_view>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// Returns the kind of an error by its SQLSTATE. A state alone reports the end of the session (network) if it
/// is a connection exception (poolers close clients with 08P01), or a server or its administrator that
/// disconnects clients (57P0x).
constexpr ErrorKind kind_of_sqlstate(std::string_view sqlstate) noexcept {
  if (sqlstate == "57014") return ErrorKind::timeout;  // statement_timeout, or a request to cancel
  if (sqlstate.starts_with("28")) return ErrorKind::authentication;
  if (sqlstate.starts_with("08") || sqlstate.starts_with("57P0")) return ErrorKind::network;
  return ErrorKind::query;
}

}  // namespace dbpool
