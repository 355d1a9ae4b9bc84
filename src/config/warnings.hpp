#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/environment.hpp"
#include "config/flags.hpp"

namespace dbpool {

/// Returns warnings about settings that are valid but probably not intended: a password file that is ignored,
/// a console with another name. One line each, beginning with the pools and sources concerned. Checks DSN
/// files and password files; opens no connection.
std::vector<std::string> config_warnings(const Config& config);

/// Returns warnings about `DBPOOL_…` variables that are unknown, or ignored because of a configuration file.
std::vector<std::string> environment_warnings(const Environment& environment,
                                              const std::optional<std::filesystem::path>& config_file);

/// Returns warnings about flags without an effect.
std::vector<std::string> flag_warnings(const Flags& flags);

}  // namespace dbpool
