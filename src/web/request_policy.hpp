#pragma once

#include <optional>

#include "web/message.hpp"

namespace dbpool {

/// More headers than this are refused, for the server may have dropped the ones beyond.
inline constexpr std::size_t max_headers = 63;

/// Says how a request is refused that no route may see, whatever its path: too many headers (431), a Host
/// that is missing, malformed or there twice (400), contradicting lengths (400), a body (413; nothing here
/// takes one).
/// nullopt = fine.
std::optional<Response> refuse(const Request& request);

}  // namespace dbpool
