#include "web/mcp/endpoint.hpp"

#include <strings.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "web/guards.hpp"
#include "web/json_response.hpp"
#include "web/mcp/methods.hpp"

namespace dbpool::mcp {
namespace {

constexpr std::size_t largest_body = std::size_t{64} << 10U;

std::optional<Response> refuse_as_off(const Request& /*request*/) {
  return error_response(404, "MCP is off; --web.enable-mcp turns it on");
}

std::optional<Response> refuse_other_types(const Request& request) {
  const std::string header = request.header("Content-Type").value_or("");
  std::string type = header.substr(0, header.find(';'));
  type.erase(type.find_last_not_of(" \t") + 1);
  if (::strcasecmp(type.c_str(), "application/json") == 0) return std::nullopt;
  return error_response(415, "unknown content type; allowed: application/json");
}

Response rpc_refusal(const Json& id, RpcError error) {
  const int status = error.status;
  return json_response(answer_json(id, std::move(error)), status);
}

Response answer_message(const Request& http, const WebServices& services) {
  auto read = read_request(http.body);
  if (auto* const error = std::get_if<RpcError>(&read)) return rpc_refusal(nullptr, std::move(*error));
  const auto& request = std::get<RpcRequest>(read);
  auto era = era_of(request, http);
  if (auto* const error = std::get_if<RpcError>(&era)) return rpc_refusal(request.id, std::move(*error));
  if (request.id.is_null()) return {.status = 202, .content_type = "", .body = ""};
  Outcome outcome = call_method(request, std::get<Era>(era), services);
  if (auto* const error = std::get_if<RpcError>(&outcome)) return rpc_refusal(request.id, std::move(*error));
  return json_response(answer_json(request.id, std::move(outcome)));
}

}  // namespace

Route mcp_route(const WebOptions& options, const WebServices& services) {
  Route route{.methods = {}, .path = "/mcp", .handler = nullptr, .guards = {refuse_as_off}};
  // The rules of the body let a guard refuse a request that has one.
  route.body_rules = std::make_shared<const BodyRules>(BodyRules{.limit = largest_body});
  if (!options.mcp_enabled) return route;
  route.methods = {"POST"};
  route.methods_are_public = true;
  route.handler = [services](const Request& request) { return answer_message(request, services); };
  route.guards = {only_pages_of(options.mcp_origins), refuse_other_types};
  return route;
}

}  // namespace dbpool::mcp
