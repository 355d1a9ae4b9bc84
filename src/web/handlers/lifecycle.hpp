#pragma once

#include "web/admin_commands.hpp"
#include "web/message.hpp"

namespace dbpool {

Response healthy();
Response ready();
Response not_ready();

/// Reloads the configuration; 500 with every problem where there are any. Blocks until the reload is over.
Response reload(AdminCommands& admin);

}  // namespace dbpool
