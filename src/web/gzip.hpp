#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// Whether an `Accept-Encoding` header takes gzip: named itself, or by `*` where it is not named, and not at
/// `q=0`.
bool accepts_gzip(std::string_view accept_encoding);

/// Compresses fast rather than small. throws Error when there is no memory for it.
std::string gzip(std::string_view text);

}  // namespace dbpool
