#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dbpool {

/// A client of a pooler, as the pooler reports it. Empty = not known.
struct PooledClient {
  std::string source;  ///< of the pooler
  std::string application, user, database, address;
  bool operator==(const PooledClient&) const = default;
};

/// A server connection that a pooler has lent to a client.
struct LentServer {
  std::int64_t pid = 0;                    ///< of the session at the server
  std::optional<std::uint64_t> from_port;  ///< of the pooler's end; nullopt = a local socket, or not known
  PooledClient client;
  bool operator==(const LentServer&) const = default;
};

}  // namespace dbpool
