#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// Returns whether an `Accept-Encoding` header accepts gzip: by name, or by `*` if it does not name gzip, and
/// not with `q=0`.
bool accepts_gzip(std::string_view accept_encoding);

/// Compresses for speed rather than size. throws Error if zlib fails, as without memory.
std::string gzip(std::string_view text);

}  // namespace dbpool
