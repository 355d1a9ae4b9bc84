#pragma once

#include <string>

#include "config/environment.hpp"
#include "config/value.hpp"

namespace dbpool {

/// Parses a YAML text into values, then expands the variables in its texts, so that a variable can never add
/// structure. Adds what is wrong with it to `problems`; the value is then `broken`, or parts of it are.
Value parse_yaml(const std::string& text, const Environment& environment, Problems& problems);

}  // namespace dbpool
