// Every request gets an answer of ours: a known status, a complete head, an error as JSON, no exception.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "fuzz_target.hpp"
#include "unit/web/program.hpp"
#include "web/guards.hpp"
#include "web/request_policy.hpp"

using namespace dbpool;
using test::require;

namespace {

const std::set<int> statuses{200, 400, 403, 404, 405, 413, 415, 431, 503};

bool is_one_line(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void check(const Response& response, const std::string& asked) {
  require(statuses.contains(response.status), "a status of the contract", asked);
  require(is_one_line(response.content_type), "no line break in a header", asked);
  bool has_allow = false;
  for (const Header& header : response.headers) {
    require(is_one_line(header.name) && is_one_line(header.value), "no line break in a header", asked);
    has_allow |= header.name == "Allow";
  }
  require(has_allow == (response.status == 405), "405, and only it, says what is allowed", asked);
  if (response.status < 400 || response.body.starts_with("{\"status\":\"unhealthy\"")) return;
  const auto json = nlohmann::json::parse(response.body, nullptr, false);
  require(json.is_object() && json["status"] == "error" && json["error"].is_string(), "an error is JSON",
          asked);
}

}  // namespace

/// Sends a request to a route that takes a body of up to 8 bytes. The body is the request's query, if the
/// request announces one.
void check_body(Request request, const std::string& asked) {
  const auto echo = [&](const Request& taken) {
    require(taken.body.size() <= 8, "a body is within the limit of its route", asked);
    return text_response(taken.body);
  };
  request.path = "/in";
  const auto read = [&](const BodyRules& rules) {
    BodyBuffer body(rules);
    body.append(request.query);
    return body.take(BodyEnd::complete);
  };
  const auto rules = std::make_shared<const BodyRules>(BodyRules{.limit = 8, .inflates = true});
  check(Router({{{"POST"}, "/in", echo, {no_page_may("send")}, rules}}).answer(request, read), asked);
}

/// Input: a line each for the method, the path, the query and the version; then one per header.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  test::Input input(bytes, size);
  Request request;
  request.method = input.line();
  request.path = input.line();
  request.query = input.line();
  request.version = input.line();
  while (!input.empty()) {
    test::Input header(reinterpret_cast<const std::uint8_t*>(input.rest().data()), input.rest().size());
    const std::string_view line = input.line();
    const auto colon = std::min(line.find(':'), line.size());
    request.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(line.substr(std::min(colon + 1, line.size())))});
  }
  const std::string asked = request.method + " " + request.path + "?" + request.query;

  if (const auto refusal = refuse(request)) return check(*refusal, asked), 0;
  require(request.count("Host") <= 1 && request.headers.size() <= max_headers, "the policy has been heeded",
          asked);
  static test::Program program;
  program.options.lifecycle_enabled = program.options.admin_api_enabled = request.count("X-Admin") > 0;
  static const bool filled = [] {
    program.add(known_pool("orders"));
    return true;
  }();
  require(filled, "there is a pool", asked);
  const auto unread = [&](const BodyRules&) {
    require(false, "no body is read where none is accepted", asked);
    return Body{};
  };
  check(make_router(program.options, program.services()).answer(request, unread), asked);
  check_body(request, asked);
  return 0;
}
