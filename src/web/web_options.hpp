#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dbpool {

/// Where a server listens: a `host:port`, or a Unix socket. An empty host is every IPv4 interface, port 0 any
/// free port; a host with a colon is an IPv6 address.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
  std::string path = {};  ///< of a Unix socket; "" = none, and then host and port count
  int descriptor = -1;    ///< of a socket that listens there already, from systemd; -1 = none

  bool operator==(const ListenAddress&) const = default;
};

/// Options of the web server, fixed at its start; a plain value.
struct WebOptions {
  std::vector<ListenAddress> listen;
  /// Whether the sockets that systemd passes replace `listen`.
  bool systemd_socket = false;
  /// Where `/-/healthy` and `/-/ready` are answered without TLS and login as well; nullopt = nowhere.
  std::optional<ListenAddress> health_listen = {};
  std::string telemetry_path = "/metrics";
  /// Whether `/-/reload` may be called.
  bool lifecycle_enabled = false;
  /// Whether pools may be closed through `/connections/pools/close…`.
  bool admin_api_enabled = false;
  /// Whether `/mcp` answers, and the origins of the pages that may ask there besides those of this machine.
  bool mcp_enabled = false;
  std::vector<std::string> mcp_origins = {};

  bool operator==(const WebOptions&) const = default;
};

}  // namespace dbpool
