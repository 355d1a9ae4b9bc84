#pragma once

#include <string>
#include <string_view>

namespace dbpool {

// A password with an unencoded `@` or `/` ends too early: its rest would be read as the host, port, database
// or path, and shown. Both functions check the original text, before any decoding. They describe the error
// without quoting the text; "" = no error.

/// Checks a DSN for any driver: a URI as libpq reads it, a `file:` URI, or a path that holds a login. Does
/// not check `key=value` pairs: their readers know the keys.
std::string stray_password_in_dsn(std::string_view dsn);

/// Checks an HTTP URL.
std::string stray_password_in_url(std::string_view url);

}  // namespace dbpool
