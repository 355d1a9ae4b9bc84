#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// A parameter of a query string, decoded as HTML forms encode; the first of several by that name. nullopt:
/// not there. A value that is not properly encoded stays as it is.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);

}  // namespace dbpool
