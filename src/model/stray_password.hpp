#pragma once

#include <string>
#include <string_view>

namespace dbpool {

// A password with an `@` or `/` that is not encoded ends too early: its rest would be taken for the host, the
// port, the database or the path, and shown as such. Both functions look at the text as it was written,
// before any decoding, and return what is wrong in our own words, with no piece of the text; "" = nothing.

/// Of a DSN for any driver: a URI as libpq reads it, a `file:` URI, or a path that holds a login. Of
/// `key=value` pairs nothing is found here: their readers know the keys.
std::string stray_password_in_dsn(std::string_view dsn);

/// Of an HTTP URL.
std::string stray_password_in_url(std::string_view url);

}  // namespace dbpool
