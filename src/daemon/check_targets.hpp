#pragma once

#include <vector>

#include "cli/checked_targets.hpp"
#include "config/join_sources.hpp"

namespace dbpool {

/// Opens one connection of each pool and queries it, and reads every source, each once and all at the same
/// time. Blocks at most for the longest of their timeouts and a second. Opens no port for senders, because a
/// running exporter may have it. Returns the source files that were read, then the results in the order of
/// the configuration.
std::vector<CheckedTarget> check_targets(const JoinedConfig& joined);

}  // namespace dbpool
