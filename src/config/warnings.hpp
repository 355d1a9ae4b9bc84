#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace dbpool {

/// Returns warnings about settings that are valid but probably not intended: a password file that is ignored,
/// a console with another name. One line each, beginning with the pools and sources concerned. Checks DSN
/// files and password files; opens no connection.
std::vector<std::string> config_warnings(const Config& config);

}  // namespace dbpool
