#pragma once

#include "web/route.hpp"
#include "web/web_options.hpp"
#include "web/web_services.hpp"

namespace dbpool::mcp {

/// Returns the route of the Model Context Protocol: Streamable HTTP without sessions and streams, in its
/// revisions from 2025-03-26 to 2026-07-28. Every request is answered by itself, with JSON. Where the
/// protocol is off, the route answers 404 and names the flag.
Route mcp_route(const WebOptions& options, const WebServices& services);

}  // namespace dbpool::mcp
