#pragma once

#include <optional>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// Returns the client to which a pooler has lent this session of a server: the one of the same process id,
/// whose pooler connects from the same port. nullopt = no pooler is known to have lent it. Pure.
std::optional<PooledClient> client_behind(const ServerSession& session, const std::vector<LentServer>& lent);

}  // namespace dbpool
