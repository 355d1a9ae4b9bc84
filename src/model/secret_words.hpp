#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// Lower case, without blanks, and with `%70` as `p`, as a server may read it.
std::string normalized_key(std::string_view text);

/// Whether a text has a word in it that announces a secret, such as `pwd`.
bool speaks_of_secret(std::string_view text);

/// Whether a value that is to be shown (a host, a database, a user) holds a login or a DSN of its own:
/// `user:password@`, `scheme://`, or a pair such as `password=`.
bool holds_login(std::string_view value);

}  // namespace dbpool
