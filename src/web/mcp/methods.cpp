#include "web/mcp/methods.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "web/mcp/prompts.hpp"
#include "web/mcp/resources.hpp"
#include "web/mcp/tools.hpp"

namespace dbpool::mcp {
namespace {

using namespace std::chrono_literals;

/// A method, as a client calls it.
struct Call {
  const Json& params;
  const WebServices& services;
  Era era;
};

struct Method {
  std::string_view name;
  Outcome (*call)(const Call& call);
  std::optional<Era> only_in = {};  ///< nullopt: it exists in both
  std::optional<std::chrono::milliseconds> fresh =
      {};  ///< how long its result holds; nullopt: it is not kept
};

constexpr const char* instructions =
    "A read-only view of database connection pools: their health, what is wrong with them, leaks, history "
    "and "
    "recent changes. Begin with list_pools; explain_pool says what is wrong with one pool and what to do "
    "next.";

Json server_info(const WebServices& services) {
  return {
      {"name", "dbpool_exporter"}, {"title", "dbpool_exporter"}, {"version", services.exporter().version}};
}

Json capabilities() {
  return {{"resources", Json::object()}, {"tools", Json::object()}, {"prompts", Json::object()}};
}

Outcome initialize(const Call& call) {
  return Json{{"protocolVersion", legacy_revision(call.params.value("protocolVersion", Json()))},
              {"capabilities", capabilities()},
              {"serverInfo", server_info(call.services)},
              {"instructions", instructions}};
}

Outcome discover(const Call& /*call*/) {
  return Json{{"supportedVersions", revisions_json()},
              {"capabilities", capabilities()},
              {"instructions", instructions}};
}

Outcome ping(const Call& /*call*/) {
  return Json::object();
}

Outcome resources_list(const Call& call) {
  auto page = list_resources(call.services.snapshot(), call.params.value("cursor", Json()));
  if (page) return *std::move(page);
  return RpcError{.code = ErrorCode::invalid_params, .message = "unknown cursor"};
}

Outcome resources_read(const Call& call) {
  const Json uri = call.params.value("uri", Json());
  if (!uri.is_string())
    return RpcError{.code = ErrorCode::invalid_params, .message = "\"uri\" is not a string"};
  auto contents = read_resource(uri.get<std::string>(), call.services);
  if (contents) return *std::move(contents);
  return RpcError{.code = call.era == Era::modern ? ErrorCode::invalid_params : ErrorCode::resource_not_found,
                  .message = "resource not found",
                  .data = {{"uri", uri}}};
}

constexpr std::array methods{
    Method{"initialize", initialize, Era::legacy},
    Method{"ping", ping, Era::legacy},
    Method{"server/discover", discover, Era::modern, 1h},
    Method{"resources/list", resources_list, {}, 5s},
    Method{
        "resources/templates/list", [](const Call&) { return Outcome(list_resource_templates()); }, {}, 1h},
    Method{"resources/read", resources_read, {}, 0s},
    Method{"tools/list", [](const Call&) { return Outcome(list_tools()); }, {}, 1h},
    Method{"tools/call", [](const Call& call) { return call_tool(call.params, call.services); }},
    Method{"prompts/list", [](const Call&) { return Outcome(list_prompts()); }, {}, 1h},
    Method{"prompts/get", [](const Call& call) { return get_prompt(call.params, call.services); }},
};

/// Adds what every result of the modern era has.
void complete(Json& result, const Method& method, const WebServices& services) {
  result["resultType"] = "complete";
  if (method.fresh) {
    result["ttlMs"] = method.fresh->count();
    result["cacheScope"] = "private";
  }
  result["_meta"] = {{"io.modelcontextprotocol/serverInfo", server_info(services)}};
}

}  // namespace

Outcome call_method(const RpcRequest& request, Era era, const WebServices& services) {
  const auto method = std::ranges::find(methods, request.method, &Method::name);
  if (method == methods.end() || method->only_in.value_or(era) != era) {
    return RpcError{.code = ErrorCode::method_not_found,
                    .message = "method not found",
                    .status = era == Era::modern ? 404 : 200};
  }
  Outcome outcome = method->call({request.params, services, era});
  if (auto* const result = std::get_if<Json>(&outcome); result != nullptr && era == Era::modern)
    complete(*result, *method, services);
  return outcome;
}

}  // namespace dbpool::mcp
