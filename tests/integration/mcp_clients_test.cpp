#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/mcp_clients/mcp_client.hpp"
#include "tls_scene.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// Every official client in every mode, with the revision that it agrees on.
struct AgreedClient {
  McpClient client;
  std::string revision;
};

const std::vector<AgreedClient> every_client{{{"sdk"}, "2025-11-25"},
                                             {{"client", "legacy"}, "2025-11-25"},
                                             {{"client", "auto"}, "2026-07-28"},
                                             {{"client", "2026-07-28"}, "2026-07-28"}};

std::string mcp_url(const ExporterProcess& exporter) {
  return "http://127.0.0.1:" + std::to_string(exporter.port()) + "/mcp";
}

bool is_healthy(const ExporterProcess& exporter) {
  const auto healthy = [&] { return exporter.get("/health").body.starts_with(R"({"status":"healthy")"); };
  return eventually(healthy, 10s);
}

void check_tools(const json& answer) {
  CHECK(answer["tools"] ==
        json{"list_pools", "explain_pool", "list_leaks", "pool_history", "recent_changes"});
  CHECK(answer["pools"]["overall_message"] == "All systems operational");
  CHECK(answer["pools"]["pools"][0]["name"] == "default");
  CHECK(answer["explained"]["pool"] == "default");
  CHECK(answer["explained"]["verdict"].is_string());
  CHECK(answer["leaks"]["total_leaks"] == 0);
  CHECK_FALSE(answer["history"]["history"].empty());
  CHECK(answer["changes"]["events"].is_array());
  CHECK(answer["unknownPool"]["isError"] == true);
  CHECK(answer["unknownPool"]["content"][0]["text"] == "there is no pool named 'none'; known: default");
  CHECK(answer["unknownTool"] == -32602);
}

void check_resources(const json& answer) {
  CHECK(answer["resources"] == json{"health://connection-pool", "health://connection-pool/default"});
  CHECK(answer["templates"].size() == 2);
  CHECK(json::parse(answer["health"].get<std::string>())["status"] == "healthy");
  CHECK(json::parse(answer["stats"].get<std::string>())["pool"]["name"] == "default");
}

}  // namespace

TEST_CASE("the official clients get every answer in every mode, and none reports an error") {
  const ExporterProcess exporter({.flags = {"--web.enable-mcp"}});
  REQUIRE(is_healthy(exporter));
  for (const auto& [client, revision] : every_client) {
    CAPTURE(client.library + " " + client.mode);
    const json answer = ask_mcp(client, mcp_url(exporter));
    CHECK(answer["errors"] == json::array());
    CHECK(answer["protocol"] == revision);
    CHECK(answer["server"]["name"] == "dbpool_exporter");
    CHECK(answer["capabilities"] ==
          json{{"resources", json::object()}, {"tools", json::object()}, {"prompts", json::object()}});
    CHECK(answer["instructions"].get<std::string>().find("list_pools") != std::string::npos);
    check_resources(answer);
    // The newer client reports the code of its own revision, whatever the server sends.
    CHECK(answer["unknownResource"] == (client.library == "sdk" ? -32002 : -32602));
    check_tools(answer);
    CHECK(answer["prompts"] == json{"diagnose"});
    CHECK(answer["prompt"].get<std::string>().find("'default'") != std::string::npos);
  }
}

TEST_CASE("the official clients ask over TLS with a password, and get nothing without it") {
  const tls::Scene scene(tls::server_keys + "basic_auth_users: {ann: " + tls::hash_of_secret + "}\n",
                         {"--web.enable-mcp"});
  for (McpClient client : {McpClient{"sdk"}, McpClient{"client", "auto"}}) {
    CAPTURE(client.library);
    client.authority = scene.certificates.file("ca.pem");
    CHECK_THROWS_AS(ask_mcp(client, scene.url("/mcp")), std::runtime_error);
    client.authorization = "Basic YW5uOnNlY3JldA==";  // ann:secret
    CHECK(ask_mcp(client, scene.url("/mcp"))["errors"] == json::array());
  }
}

TEST_CASE("the conformance suite finds nothing but the listed exceptions") {
  const ExporterProcess exporter({.flags = {"--web.enable-mcp"}});
  const Finished finished = check_mcp_conformance(mcp_url(exporter));
  CAPTURE(finished.output);
  CAPTURE(finished.error);
  CHECK(finished.exit_code == 0);
  for (const char* const scenario : {"server-initialize", "ping", "tools-list", "resources-list",
                                     "prompts-list", "dns-rebinding-protection"}) {
    CAPTURE(scenario);
    CHECK(finished.output.find("✓ " + std::string(scenario) + ":") != std::string::npos);
  }
}
