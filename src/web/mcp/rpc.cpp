#include "web/mcp/rpc.hpp"

#include <utility>

namespace dbpool::mcp {
namespace {

RpcError refused(ErrorCode code, std::string message) {
  return {.code = code, .message = std::move(message), .status = 400};
}

/// Parses a body. What is nested too deep is left out, and `is_too_deep` set.
Json parse(const std::string& body, bool& is_too_deep) {
  constexpr int deepest = 32;
  const auto is_kept = [&](int depth, Json::parse_event_t, const Json&) {
    is_too_deep |= depth > deepest;
    return depth <= deepest;
  };
  return Json::parse(body, is_kept, false);
}

/// Returns what is wrong with a message; "" = nothing.
std::string problem_of(const Json& message) {
  if (message.is_array()) return "batches are not supported; allowed: one message in a body";
  if (!message.is_object()) return "the body is not an object";
  if (message.value("jsonrpc", Json()) != "2.0") return "\"jsonrpc\" is not \"2.0\"";
  if (!message.value("method", Json()).is_string())
    return "\"method\" is not a string; responses are not expected here";
  const bool has_id = message.contains("id");
  if (has_id && !message["id"].is_string() && !message["id"].is_number())
    return "\"id\" is neither a string nor a number";
  if (message.contains("params") && !message["params"].is_object()) return "\"params\" is not an object";
  return "";
}

}  // namespace

std::variant<RpcRequest, RpcError> read_request(const std::string& body) {
  bool is_too_deep = false;
  Json message = parse(body, is_too_deep);
  if (message.is_discarded()) return refused(ErrorCode::parse_error, "the body is not JSON");
  if (is_too_deep) return refused(ErrorCode::invalid_request, "the body is nested too deep");
  if (auto problem = problem_of(message); !problem.empty())
    return refused(ErrorCode::invalid_request, std::move(problem));
  RpcRequest request;
  request.method = message["method"].get<std::string>();
  if (message.contains("id")) request.id = std::move(message["id"]);
  if (message.contains("params")) request.params = std::move(message["params"]);
  return request;
}

Json answer_json(const Json& id, Outcome outcome) {
  Json answer{{"jsonrpc", "2.0"}, {"id", id}};
  if (auto* const error = std::get_if<RpcError>(&outcome)) {
    answer["error"] = {{"code", static_cast<int>(error->code)}, {"message", std::move(error->message)}};
    if (!error->data.is_null()) answer["error"]["data"] = std::move(error->data);
  } else {
    answer["result"] = std::move(std::get<Json>(outcome));
  }
  return answer;
}

}  // namespace dbpool::mcp
