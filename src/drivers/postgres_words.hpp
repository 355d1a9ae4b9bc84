#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dbpool {

/// What libpq's parser of connection strings meant by its error `parser_text` about `dsn`, without a piece of
/// `dsn`: a parameter is named only if it is one that other drivers are known to have, and as our list spells
/// it, since what looks like a parameter may be a piece of a password.
std::string explain_parse_error(std::string_view parser_text, std::string_view dsn);

/// What is wrong with the values of parsed `options` that libpq would only complain of when it connects, and
/// then by quoting them; "" = nothing.
std::string option_value_problem(const std::map<std::string, std::string>& options);

}  // namespace dbpool
