#pragma once

#include "web/admin_commands.hpp"
#include "web/message.hpp"

namespace dbpool {

/// Closes the connections of one owned pool; 404 if there is no such pool.
Response close_pool(const Request& request, AdminCommands& admin);
/// Closes the connections of every owned pool.
Response close_all_pools(AdminCommands& admin);

}  // namespace dbpool
