#pragma once

#include <optional>
#include <span>

#include "cli/client_options.hpp"
#include "config/environment.hpp"
#include "config/flags.hpp"

namespace dbpool {

// Both read the arguments of `main`, the program's name first. `--help` wins over all errors.

/// Reads the flags of the exporter and of `check`. A flag overrides its variable, and an empty variable
/// counts as not set. If a flag may be given several times, its variable holds a list with commas.
/// `--version` wins over all errors, too. throws ConfigError with every error in the flags and then also in
/// the configuration, so that one start reports all.
Flags parse_flags(std::span<const char* const> arguments, const Environment& environment);

/// Reads the command line of `status` and `explain`; nullopt = it is neither. throws ConfigError with every
/// error.
std::optional<ClientOptions> parse_client(std::span<const char* const> arguments,
                                          const Environment& environment);

}  // namespace dbpool
