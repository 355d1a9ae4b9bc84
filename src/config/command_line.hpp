#pragma once

#include "config/environment.hpp"
#include "config/flags.hpp"

namespace dbpool {

/// Reads the flags. A flag overrides its variable, and an empty variable counts as not set. If a flag may be
/// given several times, its variable holds a list with commas. `--help` and `--version` win over all errors.
/// throws ConfigError with every error in the flags and then also in the configuration, so that one start
/// reports all.
Flags parse_flags(int argc, const char* const* argv, const Environment& environment);

}  // namespace dbpool
