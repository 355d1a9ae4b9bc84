#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "support/servers/child_process.hpp"

namespace dbpool {

/// Which official client asks, and how.
struct McpClient {
  std::string library;                   ///< `sdk`, the first one, or `client`, its successor
  std::string mode = "";                 ///< of `client`: legacy, auto, or a revision
  std::string authorization = "";        ///< the header's value; "" = none
  std::filesystem::path authority = "";  ///< whose certificate a server must have; "" = a public one
};

/// Asks the server at `url` everything that it offers (ask.js); returns what the client got. throws
/// std::runtime_error if the client fails, also if an answer does not follow its schema.
nlohmann::json ask_mcp(const McpClient& client, const std::string& url);

/// Runs the conformance suite against the server at `url`, with the list of exceptions.
Finished check_mcp_conformance(const std::string& url);

}  // namespace dbpool
