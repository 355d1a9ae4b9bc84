#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/environment.hpp"
#include "log/log_options.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// What the command line and the `DBPOOL_<FLAG>` variables ask for. Checked; fixed for the life of the
/// process.
struct Flags {
  enum class Action { run, check_config, list_metrics, show_version, show_help };

  Action action = Action::run;
  std::optional<std::filesystem::path> config_file;  ///< nullopt: the pool is configured by the environment
  WebOptions web{.listen = {{"0.0.0.0", 10127}}};
  LogOptions log;

  bool operator==(const Flags&) const = default;
};

/// Reads the flags; one that is given beats its variable, and an empty variable counts as not set. Where a
/// flag may be given several times, its variable holds a list with commas. `--help` and `--version` win over
/// whatever else is wrong. throws ConfigError with all that is wrong, with the configuration as well, so that
/// it takes one start to learn of it.
Flags parse_flags(int argc, const char* const* argv, const Environment& environment);

/// What `--help` prints, with a newline at its end.
std::string help_text();

/// The flags as a Markdown table: flag, variable, default, meaning. For the documentation.
std::string flags_markdown();

/// Whether a flag reads this variable.
bool is_flag_variable(std::string_view variable);

}  // namespace dbpool
