#pragma once

#include "web/admin_commands.hpp"
#include "web/message.hpp"

namespace dbpool {

Response healthy();
Response ready();
Response not_ready();

/// Reloads the configuration; 500 with all problems if there are any. Blocks until the reload has finished.
Response reload(AdminCommands& admin);

}  // namespace dbpool
