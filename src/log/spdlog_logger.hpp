#pragma once

#include <unistd.h>

#include <memory>

#include "log/log_options.hpp"
#include "log/logger.hpp"

namespace dbpool {

/// Returns a logger that writes to `descriptor` and does not own it. If the reader has closed its end or does
/// not read, lines are dropped: logging never throws, and blocks for at most 50 ms until the reader reads
/// again. REQUIRES: SIGPIPE is ignored.
std::unique_ptr<LeveledLogger> spdlog_logger(const LogOptions& options, int descriptor = STDERR_FILENO);

}  // namespace dbpool
