#include "web/handlers/close_pools.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "program.hpp"

namespace dbpool {
namespace {

using nlohmann::json;

struct Scene : test::Program {
  Scene() {
    options.admin_api_enabled = true;
    commands.pools = {{"orders", 2, 1}, {"users", 3, 0}};
  }
};

TEST_CASE("closing is forbidden unless the admin API is enabled, whether there is such a pool or not") {
  Scene scene;
  scene.options.admin_api_enabled = false;
  for (const char* path : {"/connections/pools/close/orders", "/connections/pools/close/nobody",
                           "/connections/pools/close-all"}) {
    const Response response = scene.ask("POST", path);
    CHECK(response.status == 403);
    CHECK(json::parse(response.body)["status"] == "error");
  }
  CHECK(scene.commands.closed.empty());
}

TEST_CASE("closing takes POST alone") {
  Scene scene;
  for (const char* path : {"/connections/pools/close/orders", "/connections/pools/close-all"}) {
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE"}) {
      const Response response = scene.ask(method, path);
      CHECK(response.status == 405);
      CHECK(test::header_of(response, "Allow") == "POST");
    }
  }
  CHECK(scene.commands.closed.empty());
}

TEST_CASE("closing one pool tells what it closed and what is still out") {
  Scene scene;
  const Response response = scene.ask("POST", "/connections/pools/close/%6Frders");
  CHECK(response.status == 200);
  CHECK(json::parse(response.body) ==
        json{{"status", "success"}, {"pool", "orders"}, {"closed_idle", 2}, {"closing_active", 1}});
  CHECK(scene.commands.closed == std::vector<std::string>{"orders"});
  const Response unknown = scene.ask("POST", "/connections/pools/close/nobody");
  CHECK(unknown.status == 404);
  CHECK(json::parse(unknown.body)["error"] == "there is no owned pool named 'nobody'");
}

TEST_CASE("closing all pools tells it of each, and of all together") {
  Scene scene;
  const json document = json::parse(scene.ask("POST", "/connections/pools/close-all").body);
  CHECK(document["status"] == "success");
  CHECK(document["pools"]["orders"] ==
        json{{"status", "success"}, {"closed_idle", 2}, {"closing_active", 1}});
  CHECK(document["pools"]["users"] == json{{"status", "success"}, {"closed_idle", 3}, {"closing_active", 0}});
  CHECK(document["closed_idle"] == 5);
  CHECK(document["closing_active"] == 1);
}

TEST_CASE("no page may close anything, not even one whose Origin is this Host") {
  Scene scene;
  const auto status = [&](std::vector<Header> headers) {
    return scene.ask("POST", "/connections/pools/close-all", std::move(headers)).status;
  };
  const Header host{"Host", "exporter.example:10127"};
  CHECK(status({host, {"Origin", "http://evil.example"}}) == 403);
  CHECK(status({host, {"Origin", "null"}}) == 403);
  CHECK(status({host, {"Origin", ""}}) == 403);
  // A name that resolves to this machine only after its page was loaded from elsewhere (DNS rebinding).
  CHECK(status({{"Host", "evil.example:10127"}, {"Origin", "http://evil.example:10127"}}) == 403);
  CHECK(status({host, {"origin", "http://exporter.example:10127"}}) == 403);
  CHECK(scene.ask("POST", "/connections/pools/close/orders", {host, {"Origin", "http://a"}}).status == 403);
  CHECK(scene.commands.closed.empty());
  CHECK(status({host}) == 200);
}

}  // namespace
}  // namespace dbpool
