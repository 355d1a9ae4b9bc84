#pragma once

#include <optional>
#include <string_view>

#include "web/message.hpp"

namespace dbpool {

/// More headers than this are refused, for the server may have dropped the ones beyond.
inline constexpr std::size_t max_headers = 63;

/// Says how a request is refused that no route may see, whatever its path: too many headers (431), a Host
/// that is missing, malformed or there twice (400), contradicting lengths (400), a body (413; nothing here
/// takes one).
/// nullopt = fine.
std::optional<Response> refuse(const Request& request);

/// Whether it is made of the characters that a method may have.
bool is_token(std::string_view text);

/// Whether a page in a browser sent the request: it has an Origin. To compare that with the Host would not
/// do, since a page can have its own name resolve to this machine. No page has a reason to change anything
/// here; scripts send no Origin.
bool is_from_a_page(const Request& request);

}  // namespace dbpool
