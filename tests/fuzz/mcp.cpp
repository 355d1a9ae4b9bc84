// Every message to /mcp gets one answer of JSON-RPC with its id, or none if it is a notification, and nothing
// throws.
#include <set>
#include <string>

#include "fuzz_target.hpp"
#include "unit/web/mcp/posting.hpp"

using namespace dbpool;
using test::require;

namespace {

const std::set<int> known_statuses{200, 202, 400, 403, 404, 413, 415};

void check_answer(const Response& response, const std::string& body) {
  require(known_statuses.contains(response.status), "a status of the contract", body);
  if (response.status == 202) return require(response.body.empty(), "nothing answers a notification", body);
  const Json answer = Json::parse(response.body, nullptr, false);
  require(answer.is_object(), "an answer is JSON", body);
  if (answer.contains("status")) return require(response.status > 400, "HTTP alone refuses so", body);
  require(answer["jsonrpc"] == "2.0", "an answer is of JSON-RPC", body);
  require(answer.contains("result") != answer.contains("error"), "an answer has either a result or an error",
          body);
  require(answer.contains("error") || response.status == 200, "a result is a success", body);
  const Json request = Json::parse(body, nullptr, false);
  const bool has_id = request.is_object() && request.contains("id");
  require(answer["id"].is_null() || (has_id && answer["id"] == request["id"]), "an id comes back", body);
}

/// A program with pools whose names a URI must encode.
test::Program make_program() {
  test::Program program = test::program_with_mcp();
  program.add(known_pool("pgb/app/ü %"));
  program.leaks = {{"orders", {"conn_1", 1, std::chrono::seconds(90), "shop.cpp:7", {}}}};
  return program;
}

}  // namespace

/// Input: a line for each header, an empty line, and the body.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  test::Input input(bytes, size);
  std::vector<Header> headers;
  while (!input.empty()) {
    const std::string_view line = input.line();
    if (line.empty()) break;
    const auto colon = std::min(line.find(':'), line.size());
    headers.push_back(
        {std::string(line.substr(0, colon)), std::string(line.substr(std::min(colon + 1, line.size())))});
  }
  const std::string body(input.rest());
  static test::Program program = make_program();
  check_answer(test::post_mcp(program, body, std::move(headers)), body);
  return 0;
}
