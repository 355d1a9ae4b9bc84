#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/environment.hpp"
#include "log/log_options.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// The settings of the command line and the `DBPOOL_<FLAG>` variables. Checked; fixed for the life of the
/// process.
struct Flags {
  enum class Action { run, check_config, list_metrics, show_version, show_help };

  Action action = Action::run;
  std::optional<std::filesystem::path> config_file;  ///< nullopt: the pool is configured by the environment
  WebOptions web{.listen = {{"0.0.0.0", 10127}}};
  LogOptions log;

  bool operator==(const Flags&) const = default;
};

/// Reads the flags. A flag overrides its variable, and an empty variable counts as not set. If a flag may be
/// given several times, its variable holds a list with commas. `--help` and `--version` win over all errors.
/// throws ConfigError with every error in the flags and then also in the configuration, so that one start
/// reports all.
Flags parse_flags(int argc, const char* const* argv, const Environment& environment);

/// Returns the text of `--help`, with a newline at its end.
std::string help_text();

/// Returns the flags as a Markdown table: flag, variable, default, meaning. For the documentation.
std::string flags_markdown();

/// Returns whether a flag reads this variable.
bool is_flag_variable(std::string_view variable);

}  // namespace dbpool
