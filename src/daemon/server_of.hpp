#pragma once

#include <string>

#include "config/config.hpp"

namespace dbpool {

/// Returns where a pool or a source connects or listens, as configured: `host:port`, several with commas, or
/// a path. Without credentials. "" = not known, for example because a file that holds the DSN cannot be read.
/// Does not use the network.
std::string server_of(const PoolConfig& pool);
std::string server_of(const SourceConfig& source);

}  // namespace dbpool
