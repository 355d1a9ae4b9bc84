#pragma once

#include "web/admin_commands.hpp"
#include "web/message.hpp"

namespace dbpool {

/// Whether a browser sent the request on behalf of another site: its Origin is not this Host.
bool is_from_another_site(const Request& request);

/// Closes the connections of one owned pool; 404 where there is none by that name.
Response close_pool(const Request& request, AdminCommands& admin);
/// The same with every owned pool.
Response close_all_pools(AdminCommands& admin);

}  // namespace dbpool
