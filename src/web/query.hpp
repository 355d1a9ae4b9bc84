#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// Returns the first parameter of a query string with this name, decoded as HTML forms encode; nullopt if it
/// is absent. A value that is not properly encoded is returned unchanged.
std::optional<std::string> query_parameter(std::string_view query, std::string_view name);
/// Returns the value of a parameter that occurs once and has one; else nullopt.
std::optional<std::string> only_query_parameter(std::string_view query, std::string_view name);

}  // namespace dbpool
