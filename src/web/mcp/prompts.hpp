#pragma once

#include "web/mcp/rpc.hpp"
#include "web/web_services.hpp"

namespace dbpool::mcp {

Json list_prompts();

/// Returns the messages of a prompt, or the error for one that does not exist or for a pool that does not.
Outcome get_prompt(const Json& params, const WebServices& services);

}  // namespace dbpool::mcp
