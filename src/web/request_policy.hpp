#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "web/body_rules.hpp"
#include "web/message.hpp"

namespace dbpool {

/// A request with more headers is refused, because the server may have dropped the rest.
inline constexpr std::size_t max_headers = 63;

/// Returns the refusal of a request that no route may see, whatever its path: too many headers (431), a Host
/// that is missing (except in HTTP/1.0), malformed or repeated (400), contradicting lengths (400). nullopt =
/// not refused.
std::optional<Response> refuse(const Request& request);

/// Returns whether the request announces a body that is not empty.
bool has_body(const Request& request);

/// Returns the refusal of the body that a request announces where `limit` bytes are accepted, 0 = no body: it
/// is too large (413), or cannot be read as announced (400). nullopt = not refused, or no body. The length of
/// a body in chunks is not announced.
std::optional<Response> refuse_body(const Request& request, std::size_t limit);

/// Returns whether the request announces that its body is compressed by gzip.
bool is_gzip(const Request& request);

/// Returns the refusal of a body in an encoding that its route does not accept: 415. nullopt = not refused,
/// or no body.
std::optional<Response> refuse_coding(const Request& request, const BodyRules& rules);

/// Returns the refusal of a body larger than `limit`: 413.
Response too_large(std::size_t limit);

/// Returns the refusal of a request that may succeed later: 503, with the seconds to wait.
Response come_again(const std::string& why);

/// Returns the refusal of a body for which there is no memory now: 503, with the seconds to wait.
Response no_room();

/// Returns whether `text` is a token of HTTP, as every method is.
bool is_token(std::string_view text);

/// Returns whether a page in a browser sent the request: it has an Origin. A comparison with the Host would
/// not be safe, since a page can make its own name resolve to this machine. No page has a reason to change
/// anything here; scripts send no Origin.
bool is_from_a_page(const Request& request);

}  // namespace dbpool
