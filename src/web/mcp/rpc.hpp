#pragma once

#include <string>
#include <variant>

#include "exposition/json.hpp"

namespace dbpool::mcp {

/// The codes of errors: JSON-RPC's own, and those of the Model Context Protocol.
enum class ErrorCode {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  resource_not_found = -32002,  ///< only before revision 2026-07-28
  header_mismatch = -32020,
  unsupported_version = -32022,
};

/// Why a request has no result.
struct RpcError {
  ErrorCode code;
  std::string message;
  Json data = nullptr;  ///< null = none
  int status = 200;     ///< of the HTTP answer
};

/// What a method returns: its result, or why there is none.
using Outcome = std::variant<Json, RpcError>;

/// A request of JSON-RPC 2.0.
struct RpcRequest {
  Json id = nullptr;  ///< a string or a number; null: a notification, which gets no answer
  std::string method;
  Json params = Json::object();
};

/// Reads a body. The protocol allows one message in each, and no array as `params`. A body that is nested
/// more than 32 levels deep is refused.
std::variant<RpcRequest, RpcError> read_request(const std::string& body);

/// Returns the answer to a request. `id`: null if it could not be read.
Json answer_json(const Json& id, Outcome outcome);

}  // namespace dbpool::mcp
