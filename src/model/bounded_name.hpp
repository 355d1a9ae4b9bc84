#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// Returns a target's name as valid UTF-8 of at most PoolKey::longest_name bytes. A longer name is cut at a
/// character and ends in `~` and a hash of the whole.
std::string bounded_name(std::string_view name);

}  // namespace dbpool
