#pragma once

#include <string>

#include "exposition/json.hpp"

namespace dbpool::mcp {

/// Returns what is wrong with the arguments of a tool and what is allowed; "" = nothing. Knows of JSON Schema
/// what the schemas of our tools use: `properties` with `type`, `enum`, `minimum` and `maximum`, and
/// `required`. Any other argument is refused. REQUIRES: `arguments` is an object.
std::string argument_problem(const Json& schema, const Json& arguments);

}  // namespace dbpool::mcp
