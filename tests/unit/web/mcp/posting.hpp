#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exposition/json.hpp"
#include "unit/web/program.hpp"

namespace dbpool::test {

/// Sends a request with a body to /mcp of a program. `headers`: besides those of the body's type and length.
inline Response post_mcp(Program& program, const std::string& body, std::vector<Header> headers = {}) {
  headers.push_back({"Content-Type", "application/json"});
  headers.push_back({"Content-Length", std::to_string(body.size())});
  return make_router(program.options, program.services())
      .answer({"POST", "/mcp", "", "1.1", std::move(headers), ""},
              [&](const BodyRules&) { return Body{body}; });
}

/// Returns a program in which MCP is on, with the pool `orders`, which has a diagnosis.
inline Program program_with_mcp() {
  Program program;
  program.options.mcp_enabled = true;
  program.add(known_pool("orders"));
  program.fleet.sources[0].pools[0].diagnosis = known_diagnosis();
  program.histories["orders"].emplace_back();
  return program;
}

/// Returns what a method results in, called as a client of the era before 2026-07-28 does.
inline Json call_mcp(Program& program, const std::string& method, const Json& params = Json::object()) {
  const Json request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
  return Json::parse(post_mcp(program, request.dump()).body);
}

}  // namespace dbpool::test
