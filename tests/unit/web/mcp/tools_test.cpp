#include "web/mcp/tools.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "posting.hpp"

namespace dbpool::mcp {
namespace {

using test::call_mcp;
using test::Program;
using test::program_with_mcp;

/// Returns arguments that a tool accepts.
Json good_arguments(const Tool& tool) {
  const bool needs_pool = Json::parse(tool.input).contains("required");
  return needs_pool ? Json{{"pool", "orders"}} : Json::object();
}

void check_required(const Json& schema, const Json& document) {
  for (const Json& field : schema.value("required", Json::array()))
    CHECK_MESSAGE(document.contains(field.get<std::string>()), field.dump());
  for (const auto& [name, property] : schema["properties"].items()) {
    CAPTURE(name);
    if (property["type"] != "array" || !property["items"].contains("properties")) continue;
    for (const Json& item : document[name]) check_required(property["items"], item);
  }
}

}  // namespace

TEST_CASE("every tool only reads, says what it is for, and has schemas of its arguments and its document") {
  std::set<std::string> names;
  const Json listed = list_tools();
  for (const Json& tool : listed["tools"]) {
    names.insert(tool["name"].get<std::string>());
    CHECK(tool["annotations"] == Json::parse(R"({"readOnlyHint": true, "destructiveHint": false,
                                                 "idempotentHint": true, "openWorldHint": false})"));
    CHECK_FALSE(tool["description"].get<std::string>().empty());
    CHECK(tool["inputSchema"]["type"] == "object");
    CHECK(tool["inputSchema"]["additionalProperties"] == false);
    CHECK(tool["outputSchema"]["type"] == "object");
  }
  CHECK(names ==
        std::set<std::string>{"explain_pool", "list_leaks", "list_pools", "pool_history", "recent_changes"});
}

TEST_CASE("a tool answers with its document, which follows its schema, and with the same as text") {
  Program program = program_with_mcp();
  program.leaks = {{"orders", {"conn_1", 1, std::chrono::seconds(90), "shop.cpp:7", {}}}};
  program.journal = {{{}, unix_time(1), "reloaded", "", "", "configuration reloaded"}};
  for (const Tool& tool : tools()) {
    CAPTURE(std::string(tool.name));
    const Json result =
        call_mcp(program, "tools/call", {{"name", tool.name}, {"arguments", good_arguments(tool)}})["result"];
    CHECK(result["isError"] == false);
    CHECK(result["content"].size() == 1);
    CHECK(Json::parse(result["content"][0]["text"].get<std::string>()) == result["structuredContent"]);
    check_required(Json::parse(tool.output), result["structuredContent"]);
  }
}

TEST_CASE("bad arguments and unknown pools are results that an assistant can read") {
  Program program = program_with_mcp();
  const auto words = [&](const char* name, const Json& arguments) {
    const Json result = call_mcp(program, "tools/call", {{"name", name}, {"arguments", arguments}})["result"];
    CHECK(result["isError"] == true);
    CHECK_FALSE(result.contains("structuredContent"));
    return result["content"][0]["text"].get<std::string>();
  };
  CHECK(words("explain_pool", {{"pool", "x"}}) == "there is no pool named 'x'; known: orders");
  CHECK(words("explain_pool", Json::object()) == "pool is missing");
  CHECK(words("pool_history", {{"pool", "orders"}, {"hours", 99}}) ==
        "hours is 99; allowed is a number from 0 to 24");
}

TEST_CASE("an unknown tool, and arguments that are not an object, are errors of the protocol") {
  Program program = program_with_mcp();
  for (const Json& params : {Json{{"name", "close_pools"}}, Json::object(), Json{{"name", 3}},
                             Json{{"name", "list_pools"}, {"arguments", "x"}}}) {
    CAPTURE(params.dump());
    CHECK(call_mcp(program, "tools/call", params)["error"]["code"] == -32602);
  }
}

}  // namespace dbpool::mcp
