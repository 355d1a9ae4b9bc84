#include "snapshot/client_behind.hpp"

#include <algorithm>

namespace dbpool {

std::optional<PooledClient> client_behind(const ServerSession& session, const std::vector<LentServer>& lent) {
  const auto found = std::ranges::find_if(lent, [&](const LentServer& server) {
    return server.pid == session.pid && server.from_port == session.client_port;
  });
  return found == lent.end() ? std::nullopt : std::optional(found->client);
}

}  // namespace dbpool
