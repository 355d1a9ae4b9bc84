#pragma once

#include <map>
#include <string>

namespace dbpool {

/// The environment variables of the process, as a value.
using Environment = std::map<std::string, std::string>;

/// Copies an array of `NAME=value` that ends with a null pointer, such as `environ`.
Environment environment_of(const char* const* entries);

}  // namespace dbpool
