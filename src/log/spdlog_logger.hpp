#pragma once

#include <unistd.h>

#include <memory>

#include "log/log_options.hpp"
#include "log/logger.hpp"

namespace dbpool {

/// Makes a logger that writes lines to `descriptor`, which it does not own. A reader that has gone away or
/// does not read costs lines, never an exception, and at most 50 ms until it reads again. REQUIRES: SIGPIPE
/// is ignored.
std::unique_ptr<Logger> spdlog_logger(const LogOptions& options, int descriptor = STDERR_FILENO);

}  // namespace dbpool
