#include "support/mcp_clients/mcp_client.hpp"

#include <stdexcept>

namespace dbpool {
namespace {

const std::filesystem::path sources_of_clients = DBPOOL_MCP_CLIENTS_SOURCE_DIR;
const std::filesystem::path modules_of_clients =
    std::filesystem::path(DBPOOL_MCP_CLIENTS_BINARY_DIR) / "node_modules";

std::string node_of_clients() {
  return modules_of_clients / ".bin" / "node";
}

}  // namespace

nlohmann::json ask_mcp(const McpClient& client, const std::string& url) {
  ChildProcess::Environment environment{{"NODE_PATH", modules_of_clients.string()}};
  if (!client.authority.empty()) environment.emplace("NODE_EXTRA_CA_CERTS", client.authority.string());
  const Finished finished = run_to_end({node_of_clients(), (sources_of_clients / "ask.js").string(),
                                        client.library, client.mode, url, client.authorization},
                                       environment);
  if (finished.exit_code != 0)
    throw std::runtime_error("the client failed: " + finished.error + finished.output);
  return nlohmann::json::parse(finished.output);
}

Finished check_mcp_conformance(const std::string& url) {
  const TemporaryDirectory results;
  return run_to_end(
      {node_of_clients(), (modules_of_clients / "@modelcontextprotocol/conformance/dist/index.js").string(),
       "server", "--url", url, "--expected-failures", (sources_of_clients / "expected_failures.yml").string(),
       "--output-dir", results.path().string()});
}

}  // namespace dbpool
