#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace dbpool {

/// What of a valid configuration will probably not do what was meant, one line each, beginning with the pools
/// and sources that it is about: a password file that is ignored, a console that is asked for by another
/// name. Looks at DSN files and password files; opens no connection.
std::vector<std::string> config_warnings(const Config& config);

}  // namespace dbpool
