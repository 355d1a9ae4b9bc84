#include "web/mcp/revision.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "web/base64.hpp"

namespace dbpool::mcp {
namespace {

constexpr const char* version_header = "MCP-Protocol-Version";
constexpr const char* version_key = "io.modelcontextprotocol/protocolVersion";
constexpr const char* capabilities_key = "io.modelcontextprotocol/clientCapabilities";

bool is_one_of(const auto& revisions, std::string_view asked) {
  return std::ranges::find(revisions, asked) != revisions.end();
}

RpcError mismatch(std::string_view header) {
  return {.code = ErrorCode::header_mismatch,
          .message = "the header " + std::string(header) + " is missing or contradicts the body",
          .status = 400};
}

RpcError unsupported(const Json& requested) {
  return {.code = ErrorCode::unsupported_version,
          .message = "unsupported protocol version",
          .data = {{"supported", revisions_json()}, {"requested", requested}},
          .status = 400};
}

/// Returns a header's value, decoded where it is written as `=?base64?…?=`; nullopt: it is absent or
/// malformed.
std::optional<std::string> decoded_header(const Request& http, std::string_view name) {
  constexpr std::string_view begin = "=?base64?", end = "?=";
  auto value = http.header(name);
  if (!value || value->size() < begin.size() + end.size() || !value->starts_with(begin) ||
      !value->ends_with(end))
    return value;
  const std::string_view coded = *value;
  return decode_base64(coded.substr(begin.size(), coded.size() - begin.size() - end.size()));
}

/// Returns what the header Mcp-Name repeats of a request; null = nothing.
Json named_in(const RpcRequest& request) {
  if (request.method == "tools/call" || request.method == "prompts/get")
    return request.params.value("name", Json());
  return request.method == "resources/read" ? request.params.value("uri", Json()) : Json();
}

/// Returns the first header that contradicts a modern request; nullopt = none does.
std::optional<RpcError> contradiction(const RpcRequest& request, const Request& http) {
  if (!http.header(version_header)) return mismatch(version_header);
  if (http.header("Mcp-Method") != request.method) return mismatch("Mcp-Method");
  const Json name = named_in(request);
  if (name.is_string() && decoded_header(http, "Mcp-Name") != name.get<std::string>())
    return mismatch("Mcp-Name");
  return std::nullopt;
}

/// Returns the refusal of a request that claims a modern revision; nullopt = it is one. A notification needs
/// no headers.
std::optional<RpcError> refuse_modern(const RpcRequest& request, const Request& http) {
  const Json meta = request.params.value("_meta", Json::object());
  const Json asked = meta.is_object() ? meta.value(version_key, Json()) : Json();
  const auto header = http.header(version_header);
  if (header && asked.is_string() && *header != asked.get<std::string>()) return mismatch(version_header);
  if (!asked.is_string() || !meta.value(capabilities_key, Json()).is_object()) {
    return RpcError{
        .code = ErrorCode::invalid_params,
        .message = std::string("\"_meta\" is incomplete; needed: ") + version_key + ", " + capabilities_key,
        .status = 400};
  }
  if (!is_one_of(modern_revisions, asked.get<std::string>())) return unsupported(asked);
  return request.id.is_null() ? std::nullopt : contradiction(request, http);
}

/// Returns whether a request claims to be of a modern revision, or of an unknown one in the same way.
bool claims_modern(const RpcRequest& request, const std::optional<std::string>& header) {
  const Json meta = request.params.value("_meta", Json::object());
  return (meta.is_object() && meta.contains(version_key)) || (header && is_one_of(modern_revisions, *header));
}

}  // namespace

Json revisions_json() {
  Json all = Json::array();
  for (const auto revision : modern_revisions) all.push_back(revision);
  for (const auto revision : legacy_revisions) all.push_back(revision);
  return all;
}

std::string_view legacy_revision(const Json& asked) {
  const auto known = asked.is_string() ? std::ranges::find(legacy_revisions, asked.get<std::string>())
                                       : legacy_revisions.end();
  return known == legacy_revisions.end() ? legacy_revisions.front() : *known;
}

std::variant<Era, RpcError> era_of(const RpcRequest& request, const Request& http) {
  const auto header = http.header(version_header);
  if (claims_modern(request, header)) {
    if (auto refusal = refuse_modern(request, http)) return *std::move(refusal);
    return Era::modern;
  }
  const bool is_known = !header || request.method == "initialize" || is_one_of(legacy_revisions, *header);
  if (!is_known) return unsupported(*header);
  return Era::legacy;
}

}  // namespace dbpool::mcp
