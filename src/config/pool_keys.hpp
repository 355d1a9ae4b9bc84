#pragma once

#include <span>
#include <string>

#include "config/config.hpp"
#include "config/keys.hpp"

namespace dbpool {

/// Returns every option of an owned pool. The order matters: an option may depend on those before it.
std::span<const Key<PoolConfig>> pool_keys();

/// Returns the options of a pool as a Markdown table: key, variable, default, meaning. For the documentation.
std::string config_keys_markdown();

}  // namespace dbpool
