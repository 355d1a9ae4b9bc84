#pragma once

#include <filesystem>
#include <optional>

#include "log/log_options.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// The settings of the command line and the `DBPOOL_<FLAG>` variables. Checked; fixed for the life of the
/// process.
struct Flags {
  enum class Action { run, check_config, check_targets, list_metrics, show_version, show_help };

  Action action = Action::run;
  std::optional<std::filesystem::path> config_file;  ///< nullopt: the pool is configured by the environment
  std::optional<std::filesystem::path> web_config_file;  ///< nullopt: plain HTTP, for all
  WebOptions web{.listen = {{"0.0.0.0", 10127}}};
  LogOptions log;

  bool operator==(const Flags&) const = default;
};

}  // namespace dbpool
