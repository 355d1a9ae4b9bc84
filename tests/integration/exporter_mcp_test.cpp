#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/eventually.hpp"
#include "support/http/raw_client.hpp"
#include "support/servers/exporter_process.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string ping_message = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";

HttpAnswer post_message(const ExporterProcess& exporter, const std::string& message,
                        const std::string& headers = "") {
  return http_exchange(exporter.port(), "POST", "/mcp", {.json = message, .headers = headers});
}

json call_method(const ExporterProcess& exporter, const std::string& method, const json& params) {
  const json message{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
  return json::parse(post_message(exporter, message.dump()).body);
}

/// Returns the document of a tool.
json ask_tool(const ExporterProcess& exporter, const std::string& tool,
              const json& arguments = json::object()) {
  return call_method(exporter, "tools/call",
                     {{"name", tool}, {"arguments", arguments}})["result"]["structuredContent"];
}

std::string head_of_post(const std::string& headers) {
  return "POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + headers + "\r\n";
}

}  // namespace

TEST_CASE("without its flag there is no /mcp") {
  ExporterProcess exporter({.flags = {"--web.mcp-origin=https://a"}});
  const HttpAnswer answer = post_message(exporter, ping_message);
  CHECK(answer.status == 404);
  CHECK(answer.body.find("--web.enable-mcp") != std::string::npos);
  CHECK(exporter.get("/mcp").status == 404);
  const auto warnings = exporter.log("configuration may not mean what it says");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].at("problem") == "--web.mcp-origin has no effect without --web.enable-mcp");
}

TEST_CASE("an assistant finds the leak that the API shows, and what to do about it") {
  ExporterProcess exporter(
      {.config =
           "pools: [{name: orders, max_size: 2, leak_detection_timeout: 100ms, canary: {interval: 1h, hold: "
           "1h}}]",
       .flags = {"--web.enable-mcp"}});
  const auto verdict = [&] { return ask_tool(exporter, "explain_pool", {{"pool", "orders"}})["verdict"]; };
  REQUIRE(eventually([&] { return verdict() == "leak"; }, 20s));
  const json leaks = ask_tool(exporter, "list_leaks");
  CHECK(leaks["total_leaks"] == 1);
  CHECK(leaks["leaks"][0]["site"] == "canary");
  const json pool = ask_tool(exporter, "list_pools")["pools"][0];
  CHECK(pool["name"] == "orders");
  CHECK(pool["verdict"] == "leak");
  CHECK(pool["status"] == "degraded");
  CHECK(pool["since"].is_string());
  const json changes = ask_tool(exporter, "recent_changes");
  CHECK(changes["events"][0]["kind"] == "health_changed");
  CHECK(ask_tool(exporter, "pool_history", {{"pool", "orders"}})["history"].back()["status"] == "degraded");
  const json read = call_method(exporter, "resources/read", {{"uri", "health://connection-pool"}});
  CHECK(json::parse(read["result"]["contents"][0]["text"].get<std::string>())["status"] == "degraded");
  // The lease never comes back, so a clean end would wait for it.
  exporter.process().signal(SIGKILL);
  CHECK(exporter.process().wait_exit(5s) == 128 + SIGKILL);
}

TEST_CASE("a notification gets 202 without a body or a type") {
  const ExporterProcess exporter({.flags = {"--web.enable-mcp"}});
  const HttpAnswer answer =
      post_message(exporter, R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  CHECK(answer.status == 202);
  CHECK(answer.body.empty());
  CHECK_FALSE(answer.header("content-type").has_value());
  CHECK(answer.header("content-length") == "0");
}

TEST_CASE("MCP is behind the same login as everything, and only the refusal of other methods is before it") {
  const TemporaryDirectory directory;
  const std::string hash = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";  // of secret
  const auto web = directory.write("web.yml", "basic_auth_users: {ann: " + hash + "}\n");
  const ExporterProcess exporter({.flags = {"--web.enable-mcp", "--web.config.file=" + web.string()}});
  CHECK(post_message(exporter, ping_message).status == 401);
  CHECK(post_message(exporter, ping_message, "Authorization: Basic YW5uOndyb25n\r\n").status == 401);
  CHECK(post_message(exporter, ping_message, "Authorization: Basic YW5uOnNlY3JldA==\r\n").status == 200);
  for (const char* const method : {"GET", "DELETE"}) {
    const HttpAnswer answer = http_exchange(exporter.port(), method, "/mcp");
    CHECK(answer.status == 405);
    CHECK(answer.header("allow") == "POST");
  }
  CHECK(exporter.get("/health").status == 401);
  directory.write("web.yml", "rate_limit: {interval: 1h, burst: 1}\n");
  CHECK(eventually([&] { return exporter.get("/mcp").status == 429; }, 10s));
}

TEST_CASE("pages of other origins get nothing, pages of this machine and of a listed origin do") {
  const ExporterProcess exporter({.flags = {"--web.enable-mcp", "--web.mcp-origin=https://chat.example"}});
  const auto status = [&](const std::string& origin) {
    return post_message(exporter, ping_message, "Origin: " + origin + "\r\n").status;
  };
  CHECK(status("http://evil.example") == 403);
  CHECK(status("null") == 403);
  CHECK(status("http://localhost:6274") == 200);
  CHECK(status("https://chat.example") == 200);
}

TEST_CASE("a body of more than 64 KiB, announced or not, is refused, and one of 64 KiB is read") {
  const ExporterProcess exporter({.flags = {"--web.enable-mcp"}});
  const std::string full = ping_message + std::string(65536 - ping_message.size(), ' ');
  CHECK(post_message(exporter, full).status == 200);
  CHECK(post_message(exporter, full + " ").status == 413);
  const test::RawClient chunked(exporter.port());
  chunked.send(head_of_post("Transfer-Encoding: chunked\r\n"));
  chunked.send("10001\r\n" + std::string(65537, ' ') + "\r\n0\r\n\r\n");
  CHECK(test::status_of(chunked.receive()) == 413);
}

TEST_CASE("bodies that never end cost others nothing and are refused in the end") {
  const ExporterProcess exporter({.flags = {"--web.enable-mcp"}});
  std::vector<test::RawClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back(exporter.port());
    clients.back().send(head_of_post("Content-Length: 100\r\n") + "{");
  }
  CHECK(exporter.get("/metrics").status == 200);
  CHECK(post_message(exporter, ping_message).status == 200);
  for (const test::RawClient& client : clients) CHECK(test::status_of(client.receive()) == 400);
}

TEST_CASE(
    "hostile messages get an error each, on the small stack of a web thread, and the exporter goes on") {
  const ExporterProcess exporter({.flags = {"--web.enable-mcp"}});
  const std::string deep(20'000, '['), closed(20'000, ']');
  for (const std::string& message :
       {deep, R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":)" + deep + closed + "}}",
        "[" + ping_message + "]", std::string("\xff"), std::string(60'000, '"'),
        R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(60'000, 'x') + "\",\"params\":3}"}) {
    const HttpAnswer answer = post_message(exporter, message);
    CHECK(answer.status == 400);
    CHECK(json::parse(answer.body)["error"]["code"].is_number());
  }
  CHECK(post_message(exporter, ping_message).status == 200);
}

TEST_CASE("a password is in no answer of MCP") {
  const ExporterProcess exporter({.config =
                                      "pools: [{name: orders, driver: postgres, connect_timeout: 1s, dsn: "
                                      "'host=127.0.0.1 port=1 user=app password=Pl4nted dbname=orders'}]",
                                  .flags = {"--web.enable-mcp"}});
  const json arguments{{"pool", "orders"}};
  const auto explained = [&] { return ask_tool(exporter, "explain_pool", arguments); };
  REQUIRE(eventually([&] { return explained()["verdict"] == "database_down"; }, 20s));
  std::string all = explained().dump();
  for (const char* const tool : {"list_pools", "list_leaks", "recent_changes"})
    all += ask_tool(exporter, tool).dump();
  all += ask_tool(exporter, "pool_history", arguments).dump();
  for (const char* const uri :
       {"health://connection-pool", "health://connection-pool/orders", "pool://orders/stats"})
    all += call_method(exporter, "resources/read", {{"uri", uri}}).dump();
  CHECK(all.find("Pl4nted") == std::string::npos);
}
