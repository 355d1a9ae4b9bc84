#include "daemon/otlp_routes.hpp"

#include <doctest/doctest.h>

#include "support/http/raw_client.hpp"
#include "unit/web/fakes.hpp"
#include "web/gzip.hpp"
#include "web/router.hpp"

namespace dbpool {
namespace {

using namespace std::string_literals;
using test::body_of;
using test::status_of;

constexpr std::size_t max_body = 1000;
const Header json{"Content-Type", "application/json; charset=utf-8"};
const Header protobuf{"Content-Type", "application/x-protobuf"};

/// A receiver of the source `otel`, with what it logs.
struct OtlpScene {
  PushCounts counts() const { return state->senders.access()->counts(runtime.clock->now()); }
  std::uint64_t rejected(RejectReason reason) const {
    return counts().rejected.at(static_cast<std::size_t>(reason));
  }

  test::KeepingLogger logger;
  Runtime runtime = Runtime::start(2);
  std::shared_ptr<PushedState> state =
      std::make_shared<PushedState>(Mapping(MappingOptions{}), "otel", PushNaming{}, PushLimits{});
  OtlpIntake intake{"otel", std::make_shared<OtlpReceiver>(state, runtime.clock, max_body), max_body, logger};
};

/// Sends a request with a body to the routes.
struct Sending {
  std::string path = "/v1/metrics";
  std::vector<Header> headers = {json};
  std::string body = R"({"resourceMetrics":[]})";
};

Response send(const Router& router, Sending sending) {
  sending.headers.push_back({"Content-Length", std::to_string(sending.body.size())});
  return router.answer({"POST", sending.path, "", "1.1", sending.headers, ""}, [&](const BodyRules& rules) {
    BodyBuffer body(rules);
    body.append(sending.body);
    return body.take(BodyEnd::complete);
  });
}

TEST_CASE("metrics are taken in both encodings, and answered in the same one") {
  const OtlpScene scene;
  const Router router(otlp_routes(scene.intake));
  const Response from_json = send(router, {});
  CHECK(from_json.status == 200);
  CHECK(from_json.content_type == "application/json");
  CHECK(from_json.body == "{}");
  const Response from_protobuf = send(router, {.headers = {protobuf}, .body = "\x0a\0"s});
  CHECK(from_protobuf.status == 200);
  CHECK(from_protobuf.content_type == "application/x-protobuf");
  CHECK(from_protobuf.body.empty());
  CHECK(send(router, {.headers = {protobuf}, .body = ""}).status == 200);
  CHECK(send(router, {.headers = {json, {"Content-Encoding", "gzip"}}, .body = gzip("{}")}).status == 200);
}

TEST_CASE("what is not metrics has its status, and is counted if it is malformed or too large") {
  const OtlpScene scene;
  const Router router(otlp_routes(scene.intake));
  CHECK(send(router, {.body = "{"}).status == 400);
  CHECK(send(router, {.headers = {protobuf}, .body = "\xff"}).status == 400);
  CHECK(send(router, {.headers = {json, {"Content-Encoding", "gzip"}}}).status == 400);
  CHECK(scene.rejected(RejectReason::malformed) == 3);
  CHECK(send(router, {.body = std::string(max_body + 1, ' ')}).status == 413);
  const std::string bomb = gzip(std::string(max_body + 1, ' '));
  CHECK(send(router, {.headers = {json, {"Content-Encoding", "gzip"}}, .body = bomb}).status == 413);
  CHECK(scene.rejected(RejectReason::too_large) == 2);
  CHECK(send(router, {.headers = {{"Content-Type", "text/plain"}}}).status == 415);
  CHECK(send(router, {.headers = {}}).status == 415);
  CHECK(send(router, {.headers = {json, {"Content-Encoding", "br"}}}).status == 415);
  CHECK(send(router, {.headers = {json, {"Origin", "http://a"}}}).status == 403);
  CHECK(scene.rejected(RejectReason::malformed) == 3);
  CHECK(scene.logger.lines().empty());
}

TEST_CASE("traces and logs are refused, and logged once with the cure") {
  const OtlpScene scene;
  const Router router(otlp_routes(scene.intake));
  for (int i = 0; i < 3; ++i) {
    CHECK(send(router, {.path = "/v1/traces"}).status == 404);
    CHECK(send(router, {.path = "/v1/logs"}).status == 404);
  }
  CHECK(scene.logger.lines() ==
        std::vector<std::string>{
            "a client sends more than metrics otel traces set OTEL_TRACES_EXPORTER=none, or "
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT alone",
            "a client sends more than metrics otel logs set OTEL_LOGS_EXPORTER=none, or "
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT alone"});
}

TEST_CASE("a port takes metrics at its root as well, and has no other path") {
  const OtlpScene scene;
  const auto door = open_otlp_port(scene.intake, {{"127.0.0.1", 0}}, scene.runtime);
  const std::string address = door->address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
  const auto ask = [&](const std::string& line) {
    return test::exchange(port,
                          line +
                              " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
                              "2\r\n\r\n{}");
  };
  CHECK(status_of(ask("POST /v1/metrics")) == 200);
  CHECK(body_of(ask("POST /")) == "{}");
  CHECK(status_of(ask("POST /v1/metric")) == 404);
  CHECK(status_of(ask("POST /v1/traces")) == 404);
  CHECK(status_of(ask("GET /metrics")) == 404);
  const std::string wrong = ask("GET /v1/metrics");
  CHECK(status_of(wrong) == 405);
  CHECK(wrong.find("\r\nAllow: POST\r\n") != std::string::npos);
}

TEST_CASE("a port with logins takes nothing without one") {
  const OtlpScene scene;
  const PushLogins logins{.users = {{"ann", "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"}}};
  const auto door = open_otlp_port(scene.intake, {{"127.0.0.1", 0}, logins}, scene.runtime);
  const std::string address = door->address();
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
  const auto ask = [&](const std::string& path, const std::string& header) {
    return status_of(
        test::exchange(port, "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + header +
                                 "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
  };
  CHECK(ask("/v1/metrics", "Authorization: Basic YW5uOnNlY3JldA==\r\n") == 200);
  for (const char* path : {"/v1/metrics", "/v1/traces", "/", "/other"}) CHECK(ask(path, "") == 401);
  CHECK(scene.logger.lines().empty());
}

TEST_CASE("the web server has the routes while their door is open, or the next one is") {
  const OtlpScene scene;
  const auto more = std::make_shared<ChangingRoutes>();
  const Router router({}, more);
  CHECK(send(router, {}).status == 413);
  auto door = open_otlp_in_web(scene.intake, more);
  CHECK(door->address() == "/v1/metrics");
  CHECK(send(router, {}).status == 200);
  auto next = open_otlp_in_web(scene.intake, more);
  door.reset();
  CHECK(send(router, {}).status == 200);
  next.reset();
  CHECK(send(router, {}).status == 413);
}

}  // namespace
}  // namespace dbpool
