#include "web/mcp/revision.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dbpool::mcp {
namespace {

const Json envelope{{"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
                    {"io.modelcontextprotocol/clientCapabilities", Json::object()}};

const Header modern{"mcp-protocol-version", "2026-07-28"};

Request with_headers(std::vector<Header> headers) {
  return {"POST", "/mcp", "", "1.1", std::move(headers), ""};
}

RpcRequest request_of(std::string method, Json params = Json::object()) {
  return {.id = 1, .method = std::move(method), .params = std::move(params)};
}

/// Returns the code of the refusal of a request; nullopt: it has an era.
std::optional<ErrorCode> refusal(const RpcRequest& request, std::vector<Header> headers) {
  const auto era = era_of(request, with_headers(std::move(headers)));
  const auto* const error = std::get_if<RpcError>(&era);
  if (error == nullptr) return std::nullopt;
  CHECK(error->status == 400);
  return error->code;
}

Era era(const RpcRequest& request, std::vector<Header> headers) {
  return std::get<Era>(era_of(request, with_headers(std::move(headers))));
}

}  // namespace

TEST_CASE("a request without a revision, or with one of the header alone, is of the legacy era") {
  CHECK(era(request_of("ping"), {}) == Era::legacy);
  for (const auto revision : legacy_revisions)
    CHECK(era(request_of("ping"), {{"MCP-Protocol-Version", std::string(revision)}}) == Era::legacy);
  CHECK(era(request_of("initialize"), {{"MCP-Protocol-Version", "2099-01-01"}}) == Era::legacy);
}

TEST_CASE("an unknown revision is refused, and the refusal lists those that are spoken") {
  const auto refused = era_of(request_of("ping"), with_headers({{"MCP-Protocol-Version", "2024-10-07"}}));
  const auto& error = std::get<RpcError>(refused);
  CHECK(error.code == ErrorCode::unsupported_version);
  CHECK(error.data == Json{{"supported", {"2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"}},
                           {"requested", "2024-10-07"}});
  Json later = envelope;
  later["io.modelcontextprotocol/protocolVersion"] = "2099-01-01";
  CHECK(refusal(request_of("tools/list", {{"_meta", later}}), {{"MCP-Protocol-Version", "2099-01-01"}}) ==
        ErrorCode::unsupported_version);
}

TEST_CASE("a modern request repeats its revision, its method and what it names in headers") {
  const RpcRequest list = request_of("tools/list", {{"_meta", envelope}});
  const RpcRequest call = request_of("tools/call", {{"_meta", envelope}, {"name", "list_pools"}});
  const RpcRequest read =
      request_of("resources/read", {{"_meta", envelope}, {"uri", "health://connection-pool/ü"}});
  const Header listing{"mcp-method", "tools/list"}, calling{"Mcp-Method", "tools/call"},
      reading{"Mcp-Method", "resources/read"};
  CHECK(era(list, {modern, listing}) == Era::modern);
  CHECK(era(call, {modern, calling, {"Mcp-Name", "list_pools"}}) == Era::modern);
  CHECK(era(read, {modern, reading, {"Mcp-Name", "=?base64?aGVhbHRoOi8vY29ubmVjdGlvbi1wb29sL8O8?="}}) ==
        Era::modern);

  const auto mismatch = ErrorCode::header_mismatch;
  CHECK(refusal(list, {listing}) == mismatch);
  CHECK(refusal(list, {modern}) == mismatch);
  CHECK(refusal(list, {modern, calling}) == mismatch);
  CHECK(refusal(list, {{"MCP-Protocol-Version", "2025-11-25"}, listing}) == mismatch);
  CHECK(refusal(list, {modern, modern, listing}) == mismatch);
  CHECK(refusal(call, {modern, calling}) == mismatch);
  CHECK(refusal(call, {modern, calling, {"Mcp-Name", "explain_pool"}}) == mismatch);
  CHECK(refusal(read, {modern, reading, {"Mcp-Name", "=?base64?!?="}}) == mismatch);
}

TEST_CASE(
    "a request that names a modern revision in its header alone, or without capabilities, is incomplete") {
  Json half = envelope;
  half.erase("io.modelcontextprotocol/clientCapabilities");
  Json odd = envelope;
  odd["io.modelcontextprotocol/protocolVersion"] = 7;
  for (const Json& params :
       std::vector<Json>{{{"a", 1}}, {{"_meta", half}}, {{"_meta", odd}}, {{"_meta", 3}}}) {
    CAPTURE(params.dump());
    CHECK(refusal(request_of("tools/list", params), {modern, {"Mcp-Method", "tools/list"}}) ==
          ErrorCode::invalid_params);
  }
}

TEST_CASE("a modern notification needs no headers, and must not contradict them") {
  RpcRequest notification = request_of("notifications/cancelled", {{"_meta", envelope}});
  notification.id = nullptr;
  CHECK(era(notification, {}) == Era::modern);
  CHECK(refusal(notification, {{"MCP-Protocol-Version", "2025-11-25"}}) == ErrorCode::header_mismatch);
}

}  // namespace dbpool::mcp
