#pragma once

#include "web/admin_commands.hpp"
#include "web/message.hpp"

namespace dbpool {

Response healthy();
Response ready();
Response not_ready();

/// Reloads the configuration; 500 with all problems if there are any. Blocks until the reload has finished.
Response reload(AdminCommands& admin);

/// Answers with the level of the log.
Response log_level(const AdminCommands& admin);
/// Sets the level of the log to the parameter `level`; 400 for another word.
Response set_log_level(const Request& request, AdminCommands& admin);

}  // namespace dbpool
