#pragma once

#include <map>
#include <string>

#include "config/value.hpp"

namespace dbpool {

/// Reads a mapping of names to hashes by bcrypt into `users`. Quotes neither a name nor a hash, as either may
/// be a secret in a wrong place.
void read_users(const Value& value, std::map<std::string, std::string>& users, Problems& problems);

}  // namespace dbpool
