#pragma once

#include <optional>
#include <string_view>

#include "web/message.hpp"

namespace dbpool {

/// A request with more headers is refused, because the server may have dropped the rest.
inline constexpr std::size_t max_headers = 63;

/// Returns the refusal of a request that no route may see, whatever its path: too many headers (431), a Host
/// that is missing (except in HTTP/1.0), malformed or repeated (400), contradicting lengths (400), a body
/// (413; no route accepts one). nullopt = not refused.
std::optional<Response> refuse(const Request& request);

/// Returns whether `text` is a token of HTTP, as every method is.
bool is_token(std::string_view text);

/// Returns whether a page in a browser sent the request: it has an Origin. A comparison with the Host would
/// not be safe, since a page can make its own name resolve to this machine. No page has a reason to change
/// anything here; scripts send no Origin.
bool is_from_a_page(const Request& request);

}  // namespace dbpool
