#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/environment.hpp"
#include "web/web_config.hpp"

namespace dbpool {

/// Reads and checks the file of `--web.config.file` and the files that it names; relative names are relative
/// to it. Opens no connection. throws ConfigError with all errors.
WebConfig load_web_config(const std::filesystem::path& file, const Environment& environment);

/// Does the same for the text of a file, which `files` of the result does not have.
WebConfig parse_web_config(const std::string& text, const std::filesystem::path& file,
                           const Environment& environment);

/// Returns the errors in it; none, if there is no file.
std::vector<std::string> web_config_problems(const std::optional<std::filesystem::path>& file,
                                             const Environment& environment);

}  // namespace dbpool
