#include "web/mcp/methods.hpp"

#include <doctest/doctest.h>

#include <string>

#include "posting.hpp"

namespace dbpool::mcp {
namespace {

using test::Program;
using test::program_with_mcp;

Outcome call_in(Program& program, Era era, const std::string& method, Json params = Json::object()) {
  return call_method({.id = 1, .method = method, .params = std::move(params)}, era, program.services());
}

}  // namespace

TEST_CASE("each era has its own way to begin, and a method of the other one does not exist") {
  Program program = program_with_mcp();
  for (const char* const method : {"initialize", "ping"}) {
    CHECK(std::holds_alternative<Json>(call_in(program, Era::legacy, method)));
    const Outcome refused = call_in(program, Era::modern, method);
    CHECK(std::get<RpcError>(refused).code == ErrorCode::method_not_found);
    CHECK(std::get<RpcError>(refused).status == 404);
  }
  const Outcome found = call_in(program, Era::modern, "server/discover");
  CHECK(std::get<Json>(found)["supportedVersions"] == revisions_json());
  const Outcome refused = call_in(program, Era::legacy, "server/discover");
  CHECK(std::get<RpcError>(refused).status == 200);
}

TEST_CASE("what needs a stream or changes something is not a method") {
  Program program = program_with_mcp();
  for (const char* const method : {"resources/subscribe", "subscriptions/listen", "logging/setLevel",
                                   "completion/complete", "notifications/initialized", ""}) {
    CAPTURE(method);
    for (const Era era : {Era::legacy, Era::modern})
      CHECK(std::get<RpcError>(call_in(program, era, method)).code == ErrorCode::method_not_found);
  }
}

TEST_CASE("a modern result is complete, says who made it, and how long it may be kept") {
  Program program = program_with_mcp();
  struct Row {
    const char* method;
    Json params;
    Json milliseconds;
  };
  for (const Row& row : std::vector<Row>{{"server/discover", {}, 3'600'000},
                                         {"resources/list", {}, 5'000},
                                         {"resources/templates/list", {}, 3'600'000},
                                         {"resources/read", {{"uri", "health://connection-pool"}}, 0},
                                         {"tools/list", {}, 3'600'000},
                                         {"tools/call", {{"name", "list_pools"}}, nullptr},
                                         {"prompts/list", {}, 3'600'000},
                                         {"prompts/get", {{"name", "diagnose"}}, nullptr}}) {
    CAPTURE(row.method);
    const Json params = row.params.is_null() ? Json::object() : row.params;
    const Outcome outcome = call_in(program, Era::modern, row.method, params);
    REQUIRE(std::holds_alternative<Json>(outcome));
    const Json& result = std::get<Json>(outcome);
    CHECK(result["resultType"] == "complete");
    CHECK(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "dbpool_exporter");
    CHECK(result.value("ttlMs", Json()) == row.milliseconds);
    CHECK(result.contains("cacheScope") == !row.milliseconds.is_null());
  }
}

TEST_CASE("a legacy result has none of the fields that came later") {
  Program program = program_with_mcp();
  const Outcome outcome = call_in(program, Era::legacy, "tools/list");
  CHECK(std::get<Json>(outcome).size() == 1);
}

TEST_CASE("a resource that does not exist has the code of its era") {
  Program program = program_with_mcp();
  const auto code = [&](Era era) {
    return std::get<RpcError>(call_in(program, era, "resources/read", {{"uri", "x"}})).code;
  };
  CHECK(code(Era::legacy) == ErrorCode::resource_not_found);
  CHECK(code(Era::modern) == ErrorCode::invalid_params);
}

}  // namespace dbpool::mcp
