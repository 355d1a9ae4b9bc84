#pragma once

#include "config/config.hpp"
#include "config/key_table.hpp"

namespace dbpool {

/// Checks that the options of a module leave its target open: a DSN without a host, a URL whose host is the
/// word `target`, and a kind that connects to a target at all. `written`: the keys of the source.
void check_target_is_open(const SourceConfig& source, const Written& written, Problems& problems);

}  // namespace dbpool
