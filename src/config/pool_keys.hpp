#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "config/environment.hpp"
#include "config/key_table.hpp"

namespace dbpool {

/// Returns every option of an owned pool.
std::span<const Key<PoolConfig>> pool_keys();

/// Reads one entry of `pools` and checks it.
PoolConfig read_pool(const Value& value, Problems& problems);

/// Reads the `DBPOOL_…` variables of a pool and checks it. An empty variable counts as not set.
PoolConfig read_pool_variables(const Environment& environment, Problems& problems);

/// Reads a mapping of label names to texts, of a pool or a source.
void read_labels(std::map<std::string, std::string>& labels, const Value& value, Problems& problems);

/// Returns whether an option of a pool reads this variable.
bool is_pool_variable(std::string_view variable);

/// Returns the options of a pool as a Markdown table: key, variable, default, meaning. For the documentation.
std::string pool_keys_markdown();

}  // namespace dbpool
