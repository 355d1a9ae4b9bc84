#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// Returns the text in lower case, without blanks, and with `%70` decoded to `p`, as a server may read it.
std::string normalized_key(std::string_view text);

/// Returns whether the text contains a word that indicates a secret, such as `pwd`.
bool speaks_of_secret(std::string_view text);

/// Returns whether a value to be shown (a host, a database, a user) contains a login or a DSN:
/// `user:password@`, `scheme://`, or a pair such as `password=`.
bool holds_login(std::string_view value);

}  // namespace dbpool
