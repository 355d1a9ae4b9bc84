#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dbpool {

/// One `host:port` on which the web server listens; an empty host is every IPv4 interface, port 0 any free
/// port.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const ListenAddress&) const = default;
};

/// Options of the web server, fixed at its start; a plain value.
struct WebOptions {
  std::vector<ListenAddress> listen;
  std::string telemetry_path = "/metrics";
  /// Whether `/-/reload` may be called.
  bool lifecycle_enabled = false;
  /// Whether pools may be closed through `/connections/pools/close…`.
  bool admin_api_enabled = false;

  bool operator==(const WebOptions&) const = default;
};

}  // namespace dbpool
