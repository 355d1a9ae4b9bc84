#pragma once

#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/value.hpp"

namespace dbpool {

/// Returns whether `value` is a list. Reports any other value, except a missing one.
bool is_list(const Value& value, Problems& problems);

/// Checks that the names of entries are unique in all `lists`; nullptr = a list that is not there. A pool is
/// its own source, so pools and sources share their names.
void check_names(const std::vector<const Value*>& lists, Problems& problems);

/// Returns the key by which two sources would receive what is pushed in one place: `listen` or `path`; "" =
/// there is none.
std::string_view shared_place(const SourceConfig& one, const SourceConfig& other);

/// Checks that no two sources receive in one place. `entries`: the list that `sources` were read from.
void check_places(const std::vector<SourceConfig>& sources, const Value& entries, Problems& problems);

}  // namespace dbpool
