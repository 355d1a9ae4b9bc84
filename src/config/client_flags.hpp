#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "cli/client_options.hpp"
#include "config/flag_keys.hpp"

namespace dbpool {

/// The words that may come first on the command line, in the order of the alphabet. Without one, the program
/// is the exporter.
inline constexpr std::array<std::string_view, 3> command_words{"check", "explain", "status"};

/// Returns every flag of `status` and `explain` once, in the order of the help.
std::span<const FlagOf<ClientOptions>> client_flags();

/// Returns the text of `status --help` or `explain --help`, with a newline at its end.
std::string client_help_text(ClientOptions::Command command);

/// Reports a key without its certificate, a user without a password, and files for TLS where there is no TLS.
void check_pairs(const ClientOptions& options, Problems& problems);

}  // namespace dbpool
