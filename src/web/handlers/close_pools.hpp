#pragma once

#include "web/admin_commands.hpp"
#include "web/message.hpp"

namespace dbpool {

/// Closes the connections of one owned pool; 404 where there is none by that name.
Response close_pool(const Request& request, AdminCommands& admin);
/// The same with every owned pool.
Response close_all_pools(AdminCommands& admin);

}  // namespace dbpool
