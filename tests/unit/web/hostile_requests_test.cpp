#include <doctest/doctest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "fakes.hpp"
#include "support/http/raw_client.hpp"
#include "web/civet_server.hpp"

namespace dbpool {
namespace {

using test::exchange;
using test::status_of;

/// A server with one route for GET and one for POST.
struct Server {
  Server() {
    const auto fine = [](const Request&) { return text_response("fine"); };
    server = std::make_unique<CivetServer>(
        WebOptions{.listen = {{"127.0.0.1", 0}}},
        Router({{{"GET"}, "/metrics", fine}, {{"POST", "PUT"}, "/-/reload", fine}}), logger);
  }
  std::uint16_t port() const { return server->addresses().at(0).port; }

  test::KeepingLogger logger;
  std::unique_ptr<CivetServer> server;
};

struct Case {
  std::string request;
  int status;
};

/// Sends each request. Checks the status, that the answer is complete, and that an error is JSON.
void check(const std::vector<Case>& cases) {
  const Server server;
  for (const auto& [request, status] : cases) {
    CAPTURE(request.substr(0, 200));
    const std::string answer = exchange(server.port(), request);
    CHECK(status_of(answer) == status);
    const std::string head = test::head_of(answer);
    CHECK(head.find("\r\nX-Content-Type-Options: nosniff") != std::string::npos);
    CHECK(head.find("\r\nCache-Control: no-store") != std::string::npos);
    CHECK(head.find("\r\nConnection: close") != std::string::npos);
    CHECK(head.find("\r\nAccess-Control") == std::string::npos);
    if (request.starts_with("HEAD ")) continue;
    CHECK(head.find("\r\nContent-Length: " + std::to_string(test::body_of(answer).size())) !=
          std::string::npos);
    if (status >= 400) CHECK(nlohmann::json::parse(test::body_of(answer))["status"] == "error");
  }
  CHECK(server.logger.lines().empty());
}

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string with_headers(const std::string& first_line, const std::string& headers) {
  return first_line + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

std::string many_headers(int count) {
  std::string headers;
  for (int i = 0; i < count; ++i) headers += "X" + std::to_string(i) + ": y\r\n";
  return headers;
}

TEST_CASE("ordinary requests are answered") {
  check({{get("/metrics"), 200},
         {get("/metrics?collect=all&x"), 200},
         {"GET /metrics HTTP/1.0\r\n\r\n", 200},
         {"GET /metrics HTTP/1.1\nHost: a\n\n", 200},
         {"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 200},
         {with_headers("POST /-/reload", ""), 200},
         {with_headers("POST /-/reload", "Content-Length: 0\r\n"), 200},
         {with_headers("PUT /-/reload", "Content-Length: 0\r\n"), 200},
         {with_headers("GET /metrics", many_headers(62)), 200},
         {with_headers("GET /metrics", "Upgrade: websocket\r\nConnection: Upgrade\r\n"), 200}});
}

TEST_CASE("no trick with a path reaches a route or a file") {
  check({{get("/metricsX"), 404},
         {get("/metrics/"), 404},
         {get("/%6detrics"), 404},
         {get("//metrics"), 404},
         {get("/a/../metrics"), 404},
         {get("/./metrics"), 404},
         {get("/%2e%2e/metrics"), 404},
         {get("/metrics%00"), 404},
         {get("/metrics%0d%0aX: y"), 400},
         {get("/metrics#a"), 404},
         {get("/../../../../etc/passwd"), 404},
         {get("/etc/passwd"), 404},
         {get("/.htpasswd"), 404},
         {get("/a.cgi"), 404},
         {get("metrics"), 400},
         {get("?"), 400},
         {get("*"), 400},
         {get("http://a/metrics"), 400},
         {get("http://a:1/metrics"), 400},
         {get("https://user:word@a/metrics"), 400},
         {get("/\xff\xfe"), 400},
         {get("/" + std::string(3000, 'a')), 404}});
}

TEST_CASE("only known methods are taken, and no preflight is approved") {
  check(
      {{with_headers("DELETE /metrics", ""), 405},
       {with_headers("OPTIONS /metrics", "Origin: http://x\r\nAccess-Control-Request-Method: POST\r\n"), 405},
       {with_headers("PROPFIND /metrics", ""), 405},
       {with_headers("POST /metrics", ""), 405},
       {with_headers("GET /-/reload", ""), 405},
       {with_headers("HEAD /-/reload", ""), 405},
       {with_headers("PUT /new_file", ""), 404},
       {with_headers("FOO /metrics", ""), 405},
       {with_headers("FOO /metrics?a=b", ""), 405},
       {with_headers("FOO /nothing", ""), 404},
       {with_headers("F(O /metrics", ""), 400},
       {with_headers("FOO metrics", ""), 400},
       {"FOO /metrics HTTP/1.2\r\nHost: a\r\n\r\n", 400},
       {"GET /-/reload HTTP/1.1\r\nno colon\r\n\r\n", 400},
       {with_headers("get /metrics", ""), 405},
       {with_headers("TRACE /metrics", ""), 405},
       {with_headers("TRACE /-/reload", ""), 405},
       {with_headers("CONNECT a:80", ""), 400}});
}

TEST_CASE("a method that the web server does not know is told the right ones as well") {
  const Server server;
  for (const char* method : {"TRACE", "FOO", "get", "M-SEARCH", "PROPFIND", "DELETE"}) {
    CAPTURE(std::string(method));
    const auto allowed = [&](const std::string& path) {
      return test::head_of(exchange(server.port(), with_headers(method + (" " + path), "")));
    };
    CHECK(allowed("/metrics").find("\r\nAllow: GET, HEAD") != std::string::npos);
    CHECK(allowed("/-/reload").find("\r\nAllow: POST, PUT") != std::string::npos);
  }
  // Nothing of an earlier request remains that could answer a later one.
  exchange(server.port(), with_headers("FOO /metrics", ""));
  CHECK(status_of(exchange(server.port(), "\r\n\r\n")) == 400);
  CHECK(status_of(exchange(server.port(), "FOO\r\n\r\n")) == 400);
}

TEST_CASE("what is not HTTP/1.0 or HTTP/1.1 is refused") {
  check({{"GET /metrics HTTP/2.0\r\nHost: a\r\n\r\n", 505},
         {"GET /metrics HTTP/0.9\r\nHost: a\r\n\r\n", 505},
         {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
         {"GET /metrics\r\n\r\n", 400},
         {"GET /metrics x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
         {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
         {std::string("GET /metrics\0x HTTP/1.1\r\nHost: a\r\n\r\n", 37), 400}});
}

TEST_CASE("a Host is there once") {
  check({{"GET /metrics HTTP/1.1\r\n\r\n", 400},
         {"GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
         {"GET /metrics HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
         {"GET /metrics HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
         {"GET /metrics HTTP/1.1\r\nHost: a/metrics\r\n\r\n", 400}});
}

TEST_CASE("no body is taken, and none is waited for") {
  check({{with_headers("GET /metrics", "Content-Length: 5\r\n") + "hello", 413},
         {with_headers("POST /-/reload", "Content-Length: 5\r\n") + "hello", 413},
         {with_headers("POST /-/reload", "Content-Length: 99999999999\r\n"), 413},
         {with_headers("POST /-/reload", "Expect: 100-continue\r\nContent-Length: 5\r\n"), 413},
         {with_headers("POST /-/reload", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 413},
         {with_headers("POST /-/reload", "Transfer-Encoding: gzip\r\n"), 400},
         {with_headers("POST /-/reload", "Content-Length: -5\r\n"), 400},
         {with_headers("POST /-/reload", "Content-Length: five\r\n"), 400},
         {with_headers("POST /-/reload", "Content-Length: 0\r\nContent-Length: 5\r\n") + "hello", 400},
         {with_headers("POST /-/reload", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
          400}});
}

TEST_CASE("heads that are too large are refused") {
  check({{with_headers("GET /metrics", many_headers(63)), 431},
         {with_headers("GET /metrics", many_headers(100)), 431},
         {with_headers("GET /metrics", "X: " + std::string(9000, 'a') + "\r\n"), 400},
         {get("/" + std::string(9000, 'a')), 400},
         {get("/" + std::string(100'000, 'a')), 400}});
}

TEST_CASE("a head that never ends is given up") {
  check({{"GET /metrics HTTP/1.1\r\nHost: a\r\n", 400}});
}

}  // namespace
}  // namespace dbpool
