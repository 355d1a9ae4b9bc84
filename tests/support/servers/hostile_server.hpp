#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/servers/listening_server.hpp"

namespace dbpool {

/// The faults of a loopback socket.
enum class Hostility {
  refuse,      ///< the port is bound, but does not listen
  black_hole,  ///< the backlog is full, so the kernel drops connection requests
  silent,      ///< accepts and sends nothing
  reset,       ///< accepts, reads a little and resets
  garbage,     ///< answers with bytes of no protocol
  drip,        ///< answers like PostgreSQL, one byte every 20 ms, without end
};

/// A server that misbehaves. Its destructor ends it and closes its connections.
class HostileServer {
 public:
  explicit HostileServer(Hostility hostility);
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;
  ~HostileServer();

  std::uint16_t port() const noexcept { return port_; }
  /// Returns a libpq connection string for this server.
  std::string dsn() const;

 private:
  std::uint16_t port_ = 0;
  std::vector<int> sockets_;                  ///< of a port that accepts no connection
  std::optional<ListeningServer> listening_;  ///< of the other faults
};

}  // namespace dbpool
