#include "web/mcp/prompts.hpp"

#include <doctest/doctest.h>

#include <string>

#include "posting.hpp"
#include "web/mcp/tools.hpp"

namespace dbpool::mcp {
namespace {

using test::call_mcp;
using test::Program;
using test::program_with_mcp;

std::string prompt_text(Program& program, const Json& arguments) {
  const Json result =
      call_mcp(program, "prompts/get", {{"name", "diagnose"}, {"arguments", arguments}})["result"];
  REQUIRE(result["messages"].size() == 1);
  CHECK(result["messages"][0]["role"] == "user");
  CHECK(result["messages"][0]["content"]["type"] == "text");
  return result["messages"][0]["content"]["text"].get<std::string>();
}

}  // namespace

TEST_CASE("the prompt asks for one pool or for the worst one, and names tools that exist") {
  Program program = program_with_mcp();
  CHECK(prompt_text(program, {{"pool", "orders"}}).find("'orders'") != std::string::npos);
  const std::string any = prompt_text(program, Json::object());
  for (const Tool& tool : tools()) {
    CAPTURE(std::string(tool.name));
    CHECK(any.find(tool.name) != std::string::npos);
  }
  const Json listed = list_prompts()["prompts"][0];
  CHECK(listed["name"] == "diagnose");
  CHECK_FALSE(listed["description"].get<std::string>().empty());
  CHECK(listed["arguments"][0]["name"] == "pool");
  CHECK(listed["arguments"][0]["required"] == false);
}

TEST_CASE("another prompt and a pool that does not exist are errors") {
  Program program = program_with_mcp();
  for (const Json& params :
       {Json::object(), Json{{"name", "x"}}, Json{{"name", "diagnose"}, {"arguments", 3}},
        Json{{"name", "diagnose"}, {"arguments", {{"pool", 3}}}},
        Json{{"name", "diagnose"}, {"arguments", {{"pool", "x"}}}}}) {
    CAPTURE(params.dump());
    CHECK(call_mcp(program, "prompts/get", params)["error"]["code"] == -32602);
  }
}

}  // namespace dbpool::mcp
