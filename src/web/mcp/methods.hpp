#pragma once

#include "web/mcp/revision.hpp"
#include "web/web_services.hpp"

namespace dbpool::mcp {

/// Calls a method that exists in an era; `notifications/…` are not methods. In the modern era, the result
/// says that it is complete, who made it, and how long a client may keep it.
Outcome call_method(const RpcRequest& request, Era era, const WebServices& services);

}  // namespace dbpool::mcp
