#include "web/mcp/prompts.hpp"

#include <fmt/format.h>

#include <string>

#include "exposition/named_pools.hpp"

namespace dbpool::mcp {
namespace {

constexpr const char* only_prompt = "diagnose";

constexpr std::string_view steps =
    "Use the tools of dbpool_exporter, which change nothing. explain_pool has the verdict, its evidence and "
    "the "
    "next step; begin with it. Where the verdict is a leak, list_leaks has the code or the session that "
    "holds "
    "each connection. pool_history shows since when, recent_changes what happened around that time. Report "
    "the "
    "cause with the figures that show it, what to do next, and what would show that you are wrong. A null is "
    "a "
    "figure that is not known: it is not 0. Where the figures do not suffice, say so and do not guess.";

}  // namespace

Json list_prompts() {
  Json arguments = Json::array();
  arguments.push_back(
      {{"name", "pool"}, {"description", "the pool; without it, the worst one"}, {"required", false}});
  Json prompts = Json::array();
  prompts.push_back(
      {{"name", only_prompt},
       {"title", "Diagnose a connection pool"},
       {"description", "Find out what is wrong with a connection pool, and what to do about it"},
       {"arguments", std::move(arguments)}});
  return {{"prompts", std::move(prompts)}};
}

Outcome get_prompt(const Json& params, const WebServices& services) {
  const auto wrong = [](std::string message) {
    return RpcError{.code = ErrorCode::invalid_params, .message = std::move(message)};
  };
  if (params.value("name", Json()) != only_prompt) return wrong("unknown prompt; allowed: diagnose");
  const Json arguments = params.value("arguments", Json::object());
  if (!arguments.is_object()) return wrong("\"arguments\" is not an object");
  const Json pool = arguments.value("pool", Json());
  std::string task =
      "Find out which database connection pool is worst (list_pools), and what is wrong with it.";
  if (!pool.is_null()) {
    if (!pool.is_string()) return wrong("\"pool\" is not a string");
    const FleetSnapshot fleet = services.snapshot();
    const auto& name = pool.get_ref<const std::string&>();
    if (find_pool(named_pools(fleet), name) == nullptr) return wrong("there is no pool named '" + name + "'");
    task = fmt::format("Find out what is wrong with the database connection pool '{}'.", name);
  }
  const Json content{{"type", "text"}, {"text", fmt::format("{} {}", task, steps)}};
  const Json message{{"role", "user"}, {"content", content}};
  return Json{{"description", "Diagnose a connection pool"}, {"messages", Json::array({message})}};
}

}  // namespace dbpool::mcp
