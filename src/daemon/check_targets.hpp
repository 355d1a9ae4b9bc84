#pragma once

#include <vector>

#include "cli/checked_targets.hpp"
#include "config/config.hpp"

namespace dbpool {

/// Opens one connection of each pool and queries it, and reads every source, each once and all at the same
/// time. Blocks at most for the longest of their timeouts and a second. Opens no port for senders, because a
/// running exporter may have it. Returns the results in the order of the configuration.
std::vector<CheckedTarget> check_targets(const Config& config);

}  // namespace dbpool
