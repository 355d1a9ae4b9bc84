#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/environment.hpp"
#include "config/join_sources.hpp"

namespace dbpool {

/// Returns the text of a YAML file. throws ConfigError: it cannot be read, or is larger than 16 MiB.
std::string read_file(const std::filesystem::path& file);

/// Reads and checks a configuration file and the secret files that it names, but no source files. Opens no
/// connection. throws ConfigError with all errors.
Config load_config(const std::filesystem::path& file, const Environment& environment);

/// Does the same for the text of a file; `name` is the file's name in problems.
Config parse_config(const std::string& text, const std::string& name, const Environment& environment);

/// Does the same as `load_config`, and joins the source files. throws ConfigError with all errors in all
/// files.
JoinedConfig load_whole_config(const std::filesystem::path& file, const Environment& environment);

/// Makes the configuration without a file: one pool named `default` from the `DBPOOL_…` variables. An empty
/// variable counts as not set.
/// throws ConfigError with all errors.
Config config_from_environment(const Environment& environment);

/// Returns the errors in the configuration file and its source files, or in the environment if there is no
/// file.
std::vector<std::string> config_problems(const std::optional<std::filesystem::path>& file,
                                         const Environment& environment);

}  // namespace dbpool
