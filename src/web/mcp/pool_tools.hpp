#pragma once

#include "web/mcp/tools.hpp"

namespace dbpool::mcp {

// What the tools find. Their documents are those of the paths with the same content, cut to what an assistant
// can read. They wait only for locks.

/// The pools, the worst first, 100 at most. `status`: only those with it.
Finding list_pools(const Json& arguments, const WebServices& services);
/// The document of /connections/pools/diagnosis/{pool}.
Finding explain_pool(const Json& arguments, const WebServices& services);
/// The longest 100 leaks, or those of one pool; those of a place in the code are together.
Finding list_leaks(const Json& arguments, const WebServices& services);
/// The history of a pool in 60 points at most, and its last 60 changes of health.
Finding pool_history(const Json& arguments, const WebServices& services);
/// The last 100 events.
Finding recent_changes(const Json& arguments, const WebServices& services);

}  // namespace dbpool::mcp
