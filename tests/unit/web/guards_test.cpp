#include "web/guards.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "program.hpp"

namespace dbpool {
namespace {

Request request_with(std::vector<Header> headers) {
  return {"POST", "/", "", "1.1", std::move(headers), ""};
}

TEST_CASE("a feature that is off refuses every request and names its flag") {
  const Guard off = needs({"closing", "--web.enable-admin-api", false});
  const auto refusal = off(request_with({}));
  REQUIRE(refusal.has_value());
  CHECK(refusal->status == 403);
  CHECK(refusal->body.find("closing is off; --web.enable-admin-api turns it on") != std::string::npos);
  CHECK_FALSE(needs({"closing", "--web.enable-admin-api", true})(request_with({})).has_value());
}

TEST_CASE("a page is refused wherever it comes from, and a script is not") {
  const Guard guard = no_page_may("reload");
  CHECK_FALSE(guard(request_with({{"Host", "a"}})).has_value());
  for (const char* origin : {"http://a", "null", ""}) {
    CAPTURE(origin);
    const auto refusal = guard(request_with({{"Host", "a"}, {"Origin", origin}}));
    REQUIRE(refusal.has_value());
    CHECK(refusal->status == 403);
    CHECK(refusal->body.find("a page may not reload") != std::string::npos);
  }
}

TEST_CASE("every route that changes something is off by default, and closed to pages when it is on") {
  test::Program program;
  int changing = 0;
  const auto check_all = [&](const std::vector<Header>& headers) {
    const Router router = make_router(program.options, program.services());
    for (const Route& route : router.routes()) {
      const bool only_reads =
          route.path == "/mcp" || std::ranges::find(route.methods, "GET") != route.methods.end();
      if (only_reads) continue;
      ++changing;
      CAPTURE(route.path);
      for (const std::string& method : route.methods) {
        CHECK(program.ask(method, route.path, headers).status == 403);
      }
    }
  };
  check_all({});
  program.options.lifecycle_enabled = program.options.admin_api_enabled = true;
  check_all({{"Origin", "http://elsewhere"}});
  CHECK(changing == 2 * 4);
  CHECK(program.commands.reloads == 0);
  CHECK(program.commands.closed.empty());
  CHECK(program.commands.level == LogLevel::info);
}

}  // namespace
}  // namespace dbpool
