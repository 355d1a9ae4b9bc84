#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dbpool {

/// Explains the error `parser_text` of libpq's parser about `dsn`, without a piece of `dsn`. Names a
/// parameter only if other drivers are known to have it, and in the spelling of our list, since an unknown
/// parameter may be a piece of a password.
std::string explain_parse_error(std::string_view parser_text, std::string_view dsn);

/// Describes the first error in the values of parsed `options` that libpq would report only when it connects,
/// and then with the value; "" = none.
std::string option_value_problem(const std::map<std::string, std::string>& options);

}  // namespace dbpool
