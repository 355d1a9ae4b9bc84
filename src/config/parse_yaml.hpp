#pragma once

#include <string>

#include "config/environment.hpp"
#include "config/value.hpp"

namespace dbpool {

/// Parses a YAML text into values, then expands the variables in its texts, so that a variable can never add
/// structure. Adds the errors to `problems`; the value, or the part with the error, is then `broken`.
Value parse_yaml(const std::string& text, const Environment& environment, Problems& problems);

}  // namespace dbpool
