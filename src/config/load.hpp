#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/environment.hpp"

namespace dbpool {

/// Reads and checks a configuration file, and the secret files it names. Opens no connection.
/// throws ConfigError with all that is wrong with it.
Config load_config(const std::filesystem::path& file, const Environment& environment);

/// As above, of the text of a file; `name` is how problems call it.
Config parse_config(const std::string& text, const std::string& name, const Environment& environment);

/// Makes the configuration without a file: one pool named `default` from the `DBPOOL_…` variables. An empty
/// variable counts as not set.
/// throws ConfigError with all that is wrong with them.
Config config_from_environment(const Environment& environment);

/// What is wrong with the configuration in `file`, or else with that of the environment.
std::vector<std::string> config_problems(const std::optional<std::filesystem::path>& file,
                                         const Environment& environment);

/// Says which `DBPOOL_…` variables are unknown, and which are ignored because there is a configuration file.
std::vector<std::string> environment_warnings(const Environment& environment,
                                              const std::optional<std::filesystem::path>& config_file);

}  // namespace dbpool
