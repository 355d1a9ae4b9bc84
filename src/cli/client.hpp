#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "cli/ask.hpp"
#include "cli/client_options.hpp"
#include "cli/terminal_text.hpp"

namespace dbpool {

/// The exit codes of `status` and `explain`. That of a wrong usage is 2, as everywhere.
enum class ClientExit { healthy = 0, not_healthy = 1, usage = 2, no_answer = 3 };

/// Answers a path, as `ask` does.
using Asked = std::function<Answer(const std::string& path)>;

/// Runs `status` or `explain` and writes its text to `out`, in colours or not. With a pool named, the exit
/// code is that pool's. throws NoAnswer; Error, for a pool that does not exist or a file that cannot be read.
ClientExit run_client(const ClientOptions& options, const Asked& asked, Colours colours, std::ostream& out);

}  // namespace dbpool
