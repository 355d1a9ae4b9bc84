#include "web/mcp/endpoint.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "posting.hpp"

namespace dbpool::mcp {
namespace {

using test::header_of;
using test::post_mcp;
using test::Program;
using test::program_with_mcp;

/// Sends a captured request; its answer is to be of the captured form.
void check_exchange(Program& program, const Json& exchange) {
  std::vector<Header> headers;
  for (const auto& [name, value] : exchange["headers"].items()) {
    if (name != "content-type") headers.push_back({name, value.get<std::string>()});
  }
  const bool is_post = exchange["method"] == "POST";
  const Response answer = is_post ? post_mcp(program, exchange["body"].dump(), headers)
                                  : program.ask(exchange["method"].get<std::string>(), "/mcp", headers);
  const Json& wanted = exchange["answer"];
  CHECK(answer.status == wanted["status"]);
  if (answer.status == 202) CHECK((answer.body.empty() && answer.content_type.empty()));
  if (!wanted.contains("result") && !wanted.contains("code")) return;
  const Json body = Json::parse(answer.body);
  CHECK(body["jsonrpc"] == "2.0");
  CHECK(body["id"] == exchange["body"]["id"]);
  if (wanted.contains("code")) CHECK(body["error"]["code"] == wanted["code"]);
  for (const Json& field : wanted.value("result", Json::array()))
    CHECK_MESSAGE(body["result"].contains(field.get<std::string>()), field.dump());
  if (wanted.contains("isError")) CHECK(body["result"]["isError"] == wanted["isError"]);
}

Json error_of(const Response& response) {
  return Json::parse(response.body)["error"];
}

}  // namespace

TEST_CASE("requests that official clients sent get answers of the form that these clients accepted") {
  for (const char* const file : {"sdk-1.32.2.jsonl", "client-2.4.0.jsonl"}) {
    std::ifstream in(std::string(DBPOOL_MCP_TESTDATA) + "/" + file);
    Program program = program_with_mcp();
    int exchanges = 0;
    for (std::string line; std::getline(in, line); ++exchanges) {
      CAPTURE(line);
      check_exchange(program, Json::parse(line));
    }
    CHECK(exchanges >= 12);
  }
}

TEST_CASE(
    "a body that cannot be read gets an error without an id, a method that does not exist one with it") {
  Program program = program_with_mcp();
  const Response broken = post_mcp(program, "{");
  CHECK(broken.status == 400);
  CHECK(broken.content_type == "application/json");
  CHECK(error_of(broken)["code"] == -32700);
  CHECK(Json::parse(broken.body)["id"].is_null());
  const Response unknown = post_mcp(program, R"({"jsonrpc": "2.0", "id": 7, "method": "logging/setLevel"})");
  CHECK(unknown.status == 200);
  CHECK(error_of(unknown)["code"] == -32601);
  CHECK(Json::parse(unknown.body)["id"] == 7);
}

TEST_CASE("an id comes back as it was sent, whatever its type") {
  Program program = program_with_mcp();
  for (const char* const id : {"0", "-7", "18446744073709551615", "1.5", R"("a \" \\ ü")", R"("")"}) {
    CAPTURE(id);
    const Response answer =
        post_mcp(program, R"({"jsonrpc": "2.0", "method": "ping", "id": )" + std::string(id) + "}");
    CHECK(Json::parse(answer.body) ==
          Json{{"jsonrpc", "2.0"}, {"id", Json::parse(id)}, {"result", Json::object()}});
  }
}

TEST_CASE("a notification is accepted without an answer, known or not") {
  Program program = program_with_mcp();
  for (const char* const method :
       {"notifications/initialized", "notifications/cancelled", "ping", "nothing"}) {
    const Response answer =
        post_mcp(program, R"({"jsonrpc": "2.0", "method": ")" + std::string(method) + "\"}");
    CHECK(answer.status == 202);
    CHECK(answer.body.empty());
  }
}

TEST_CASE("initialize agrees on the revision that was asked for, or else on the newest of its era") {
  Program program = program_with_mcp();
  const auto agreed = [&](const Json& asked) {
    return test::call_mcp(program, "initialize", {{"protocolVersion", asked}})["result"]["protocolVersion"];
  };
  for (const char* const known : {"2025-11-25", "2025-06-18", "2025-03-26"}) CHECK(agreed(known) == known);
  for (const char* const other : {"2024-11-05", "2026-07-28", "2099-01-01", ""})
    CHECK(agreed(other) == "2025-11-25");
  CHECK(agreed(nullptr) == "2025-11-25");
  CHECK(test::call_mcp(program, "initialize")["result"]["serverInfo"]["version"] == "1.2.3");
}

TEST_CASE("where MCP is off, /mcp does not exist, and the answer names the flag") {
  Program program;
  for (const char* const method : {"GET", "DELETE", "PUT"}) CHECK(program.ask(method, "/mcp").status == 404);
  const Response answer = post_mcp(program, "{}");
  CHECK(answer.status == 404);
  CHECK(answer.body.find("--web.enable-mcp") != std::string::npos);
}

TEST_CASE("only POST is allowed, and anyone may know that") {
  Program program = program_with_mcp();
  const Router router = make_router(program.options, program.services());
  for (const char* const method : {"GET", "HEAD", "DELETE", "PUT", "OPTIONS"}) {
    const Response answer = program.ask(method, "/mcp");
    CHECK(answer.status == 405);
    CHECK(header_of(answer, "Allow") == "POST");
    CHECK(router.refuse_public_method({method, "/mcp", "", "1.1", {}, ""})->status == 405);
  }
  CHECK_FALSE(router.refuse_public_method({"POST", "/mcp", "", "1.1", {}, ""}).has_value());
}

TEST_CASE("a body of another type or of more than 64 KiB is not read") {
  Program program = program_with_mcp();
  const Router router = make_router(program.options, program.services());
  const auto status = [&](std::vector<Header> headers) {
    const auto unread = [](const BodyRules&) -> Body { throw std::logic_error("the body was read"); };
    return router.answer({"POST", "/mcp", "", "1.1", std::move(headers), ""}, unread).status;
  };
  const Header length{"Content-Length", "5"};
  CHECK(status({length}) == 415);
  for (const char* const type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""})
    CHECK(status({length, {"Content-Type", type}}) == 415);
  CHECK(status({{"Content-Length", "65537"}, {"Content-Type", "application/json"}}) == 413);
  CHECK(status({length, {"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}) == 415);
  for (const char* const type :
       {"application/json", "Application/JSON ; charset=utf-8", "application/json;a=b"})
    CHECK_THROWS_AS(status({length, {"Content-Type", type}}), std::logic_error);
  CHECK_THROWS_AS(status({{"Content-Length", "65536"}, {"Content-Type", "application/json"}}),
                  std::logic_error);
}

TEST_CASE("pages of this machine and of the listed origins may ask, and no others") {
  Program program = program_with_mcp();
  program.options.mcp_origins = {"https://chat.example:8443"};
  const auto status = [&](const std::string& origin) {
    return post_mcp(program, R"({"jsonrpc": "2.0", "id": 1, "method": "ping"})", {{"Origin", origin}}).status;
  };
  for (const char* const origin : {"http://localhost", "http://localhost:5173", "https://127.0.0.1:1",
                                   "http://[::1]", "http://[::1]:80", "https://chat.example:8443"}) {
    CAPTURE(origin);
    CHECK(status(origin) == 200);
  }
  for (const char* const origin :
       {"http://evil.example", "null", "", "https://chat.example", "http://chat.example:8443",
        "http://localhost.evil", "http://localhost:", "http://localhost:80.evil", "http://127.0.0.1.evil",
        "http://127.0.0.2", "localhost", "ftp://localhost", "http://localhost:1/a",
        "http://user@localhost"}) {
    CAPTURE(origin);
    CHECK(status(origin) == 403);
  }
}

}  // namespace dbpool::mcp
