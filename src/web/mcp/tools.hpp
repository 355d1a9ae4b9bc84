#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "web/mcp/rpc.hpp"
#include "web/web_services.hpp"

namespace dbpool::mcp {

/// What a tool finds: its document, or in words why there is none.
using Finding = std::variant<Json, std::string>;

/// One question that an assistant may ask. No tool changes anything.
struct Tool {
  std::string_view name, title, description;
  std::string_view input, output;  ///< JSON schemas of the arguments and of the document
  /// REQUIRES: the arguments follow `input`.
  Finding (*find)(const Json& arguments, const WebServices& services);
};

/// Returns every tool once, in the order in which one asks.
std::span<const Tool> tools();

Json list_tools();

/// Calls a tool. Arguments that do not follow its schema, and a pool that does not exist, give a result that
/// is an error in words, for the assistant; an unknown tool gives an error of the protocol, for its client.
Outcome call_tool(const Json& params, const WebServices& services);

}  // namespace dbpool::mcp
