#include "web/mcp/tools.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "web/mcp/arguments.hpp"
#include "web/mcp/past_schemas.hpp"
#include "web/mcp/pool_schemas.hpp"
#include "web/mcp/pool_tools.hpp"

namespace dbpool::mcp {
namespace {

constexpr std::array all_tools{
    Tool{"list_pools", "Which pools are not well?",
         "All connection pools, the worst first: status, verdict, reasons, connections in use and their "
         "maximum, "
         "callers that wait, and since when. Begin here.",
         list_pools_input, list_pools_output, list_pools},
    Tool{"explain_pool", "What is wrong with a pool?",
         "The verdict on one pool (database_down, limit_elsewhere, leak, slow_use, too_small, paused, ok or "
         "unknown), "
         "in a sentence, with the figures that show it and their bounds, the next step, the size that it "
         "needs, and "
         "the code that holds leaked connections.",
         explain_pool_input, explain_pool_output, explain_pool},
    Tool{"list_leaks", "Who holds connections for too long?",
         "Leases that are suspected of leaking, those of one pool and one place in the code together: how "
         "long each "
         "has been held, and where it was acquired or which session of the server holds it.",
         list_leaks_input, list_leaks_output, list_leaks},
    Tool{"pool_history", "How did a pool develop?",
         "The past of one pool: first the moments at which its health changed, then at most 60 points. Each "
         "point is "
         "the worst moment of its stretch of time.",
         pool_history_input, pool_history_output, pool_history},
    Tool{"recent_changes", "What happened lately?",
         "Changes of health, lost and found databases and sources, pauses of poolers and reloads of the "
         "configuration, newest first.",
         recent_changes_input, recent_changes_output, recent_changes},
};

Json tool_json(const Tool& tool) {
  return {{"name", tool.name},
          {"title", tool.title},
          {"description", tool.description},
          {"inputSchema", Json::parse(tool.input)},
          {"outputSchema", Json::parse(tool.output)},
          {"annotations",
           {{"readOnlyHint", true},
            {"destructiveHint", false},
            {"idempotentHint", true},
            {"openWorldHint", false}}}};
}

Json text_content(std::string text) {
  const Json content{{"type", "text"}, {"text", std::move(text)}};
  return Json::array({content});
}

Json result_json(Finding finding) {
  if (auto* const problem = std::get_if<std::string>(&finding))
    return {{"content", text_content(std::move(*problem))}, {"isError", true}};
  Json& document = std::get<Json>(finding);
  Json result{{"content", text_content(json_text(document))}};
  result["structuredContent"] = std::move(document);
  result["isError"] = false;
  return result;
}

}  // namespace

std::span<const Tool> tools() {
  return all_tools;
}

Json list_tools() {
  Json list = Json::array();
  for (const Tool& tool : tools()) list.push_back(tool_json(tool));
  return {{"tools", std::move(list)}};
}

Outcome call_tool(const Json& params, const WebServices& services) {
  const Json name = params.value("name", Json());
  const auto tool = std::ranges::find_if(all_tools, [&](const Tool& one) { return name == one.name; });
  if (tool == all_tools.end())
    return RpcError{.code = ErrorCode::invalid_params, .message = "unknown tool; tools/list has the names"};
  const Json arguments = params.value("arguments", Json::object());
  if (!arguments.is_object())
    return RpcError{.code = ErrorCode::invalid_params, .message = "\"arguments\" is not an object"};
  auto problem = argument_problem(Json::parse(tool->input), arguments);
  if (!problem.empty()) return result_json(std::move(problem));
  return result_json(tool->find(arguments, services));
}

}  // namespace dbpool::mcp
