#pragma once

#include <string>

namespace dbpool {

/// One place where a server may be: an element of libpq's lists host, hostaddr and port.
struct PostgresPlace {
  std::string host;     ///< a name, a socket's directory, or empty for libpq's default
  std::string address;  ///< numeric; empty for a socket, and for a name that is not looked up yet
  std::string port;

  /// Returns whether the host is a name that only a lookup can turn into addresses.
  bool needs_lookup() const;
  bool operator==(const PostgresPlace&) const = default;
};

}  // namespace dbpool
