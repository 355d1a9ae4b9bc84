#include "web/mcp/rpc.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace dbpool::mcp {
namespace {

/// Returns the code of the refusal of a body; 0: it was read.
int refusal_code(const std::string& body) {
  const auto read = read_request(body);
  const auto* const error = std::get_if<RpcError>(&read);
  if (error == nullptr) return 0;
  CHECK(error->status == 400);
  CHECK_FALSE(error->message.empty());
  return static_cast<int>(error->code);
}

/// Returns a request whose parameters make it nested `levels` deep.
std::string nested(std::size_t levels) {
  return R"({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"a": )" + std::string(levels - 2, '[') +
         std::string(levels - 2, ']') + "}}";
}

}  // namespace

TEST_CASE("a request has an id, a method and parameters; a notification has no id") {
  const auto read = read_request(
      R"({"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {"name": "x"}, "more": 1})");
  const auto& request = std::get<RpcRequest>(read);
  CHECK(request.id == "a");
  CHECK(request.method == "tools/call");
  CHECK(request.params == Json{{"name", "x"}});
  const auto notification = read_request(R"({"jsonrpc": "2.0", "method": "notifications/initialized"})");
  CHECK(std::get<RpcRequest>(notification).id.is_null());
  CHECK(std::get<RpcRequest>(notification).params == Json::object());
}

TEST_CASE("a body that is not JSON, and one that is not a single request, are refused with their codes") {
  for (const char* const body : {"", " ", "{", "{}{}", "\xff", "\"\xc3\"", "{'a': 1}", "NaN"}) {
    CAPTURE(body);
    CHECK(refusal_code(body) == -32700);
  }
  for (const char* const body : {
           "[]",
           R"([{"jsonrpc": "2.0", "id": 1, "method": "ping"}])",
           "3",
           "null",
           R"({"id": 1, "method": "ping"})",
           R"({"jsonrpc": "1.0", "id": 1, "method": "ping"})",
           R"({"jsonrpc": 2.0, "id": 1, "method": "ping"})",
           R"({"jsonrpc": "2.0", "id": 1})",
           R"({"jsonrpc": "2.0", "id": 1, "method": 3})",
           R"({"jsonrpc": "2.0", "id": 1, "result": {}})",
           R"({"jsonrpc": "2.0", "id": null, "method": "ping"})",
           R"({"jsonrpc": "2.0", "id": {}, "method": "ping"})",
           R"({"jsonrpc": "2.0", "id": true, "method": "ping"})",
           R"({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []})",
           R"({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": null})",
       }) {
    CAPTURE(body);
    CHECK(refusal_code(body) == -32600);
  }
}

TEST_CASE("a body may be nested 32 levels deep, and a deeper one is refused whatever its depth") {
  CHECK(refusal_code(nested(32)) == 0);
  CHECK(refusal_code(nested(35)) == -32600);
  CHECK(refusal_code(nested(30'000)) == -32600);
  CHECK(refusal_code(std::string(60'000, '[')) == -32700);
}

TEST_CASE("an answer has either a result or an error, and data only where there are some") {
  CHECK(answer_json(7, Json{{"a", 1}}) == Json{{"jsonrpc", "2.0"}, {"id", 7}, {"result", {{"a", 1}}}});
  CHECK(answer_json(nullptr, RpcError{.code = ErrorCode::parse_error, .message = "m"}) ==
        Json{{"jsonrpc", "2.0"}, {"id", nullptr}, {"error", {{"code", -32700}, {"message", "m"}}}});
  const Json with_data =
      answer_json(1, RpcError{.code = ErrorCode::invalid_params, .message = "m", .data = {{"uri", "u"}}});
  CHECK(with_data["error"]["data"] == Json{{"uri", "u"}});
}

}  // namespace dbpool::mcp
