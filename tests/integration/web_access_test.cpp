#include <doctest/doctest.h>

#include <thread>

#include "tls_scene.hpp"

namespace dbpool::tls {
namespace {

using namespace std::chrono_literals;

const std::string right_login = "Authorization: Basic YW5uOnNlY3JldA==\r\n";  // ann:secret
const std::string users = "basic_auth_users: {ann: " + hash_of_secret + "}\n";

/// An exporter with plain HTTP and a web configuration.
struct Plain {
  explicit Plain(const std::string& web)
      : exporter({.flags = {"--web.config.file=" + directory.write("web.yml", web).string()}}) {}

  HttpAnswer ask(const std::string& headers, std::string_view path = "/metrics") const {
    return http_exchange(exporter.port(), "GET", path, {.headers = headers});
  }

  TemporaryDirectory directory;
  ExporterProcess exporter;
};

}  // namespace

TEST_CASE("without the right login every path is refused with the same answer") {
  const Plain plain(users);
  CHECK(plain.ask(right_login).status == 200);
  const std::string long_password = "Authorization: Basic YW5uOg==" + std::string(400, 'A') + "\r\n";
  const HttpAnswer first = plain.ask("");
  CHECK(first.status == 401);
  CHECK(first.header("www-authenticate") == "Basic realm=\"dbpool_exporter\"");
  for (const std::string& headers :
       {std::string("Authorization: Basic YW5uOndyb25n\r\n"),
        std::string("Authorization: Basic Ym9iOnNlY3JldA==\r\n"), std::string("Authorization: Basic !!\r\n"),
        std::string("Authorization: Bearer YW5uOnNlY3JldA==\r\n"), long_password,
        right_login + right_login}) {
    CAPTURE(headers);
    const HttpAnswer answer = plain.ask(headers);
    CHECK(answer.status == 401);
    CHECK(answer.body == first.body);
  }
  for (const char* path : {"/", "/-/healthy", "/health", "/nowhere", "/connections/pools/stats"}) {
    CHECK(plain.ask("", path).status == 401);
  }
  CHECK(http_exchange(plain.exporter.port(), "POST", "/-/reload").status == 401);
}

TEST_CASE("users, headers and the rate limit follow the file") {
  const Plain plain("http_server_config: {headers: {X-Frame-Options: deny}}\n");
  CHECK(plain.ask("").header("x-frame-options") == "deny");
  plain.directory.write("web.yml", users);
  CHECK(eventually([&] { return plain.ask("").status == 401; }, 10s));
  CHECK_FALSE(plain.ask("").header("x-frame-options").has_value());
  CHECK(plain.ask(right_login).status == 200);
  plain.directory.write("web.yml", "rate_limit: {interval: 1h, burst: 1}\n");
  CHECK(eventually([&] { return plain.ask("").status == 429; }, 10s));
}

TEST_CASE("the configured headers are on every answer, also on refusals, and replace the page's own") {
  const Plain plain(users + R"(
http_server_config:
  http2: true
  headers:
    Content-Security-Policy: "default-src 'none'"
    Strict-Transport-Security: max-age=3600
    X-Content-Type-Options: nosniff
    X-XSS-Protection: "0"
)");
  for (const auto& [headers, path, status] :
       std::vector<std::tuple<std::string, std::string, int>>{{right_login, "/", 200},
                                                              {right_login, "/nowhere", 404},
                                                              {"", "/", 401},
                                                              {"Content-Length: x\r\n", "/", 400}}) {
    const HttpAnswer answer = plain.ask(headers, path);
    CAPTURE(answer.head);
    CHECK(answer.status == status);
    CHECK(answer.header("content-security-policy") == "default-src 'none'");
    CHECK(answer.header("strict-transport-security") == "max-age=3600");
    CHECK(answer.header("x-xss-protection") == "0");
    CHECK(answer.header("x-content-type-options") == "nosniff");
  }
}

TEST_CASE("the rate limit comes before the login") {
  const Plain plain(users + "rate_limit: {interval: 1h, burst: 2}\n");
  CHECK(plain.ask("").status == 401);
  CHECK(plain.ask(right_login).status == 200);
  CHECK(plain.ask("").status == 429);
  const HttpAnswer refused = plain.ask(right_login);
  CHECK(refused.status == 429);
  CHECK_FALSE(refused.header("retry-after").has_value());
}

TEST_CASE("a flood of wrong passwords keeps no known client out, and its log is short") {
  const Plain plain(users);
  CHECK(plain.ask(right_login).status == 200);
  std::vector<std::jthread> flood;
  for (int i = 0; i < 20; ++i) {
    flood.emplace_back([&plain] {
      for (int k = 0; k < 20; ++k) {
        const int status = plain.ask("Authorization: Basic YW5uOndyb25n\r\n").status;
        CHECK((status == 401 || status == 503));
      }
    });
  }
  for (int k = 0; k < 20; ++k) CHECK(plain.ask(right_login).status == 200);
  flood.clear();
  CHECK(plain.exporter.log("login refused").size() <= 3);
}

TEST_CASE("a secret of the web configuration is found nowhere") {
  Plain plain(users);
  plain.ask(right_login);
  plain.ask("Authorization: Basic YW5uOndyb25nLWNhbmFyeQ==\r\n");  // ann:wrong-canary
  const std::string seen = plain.exporter.process().standard_error() + plain.ask(right_login).body +
                           plain.ask(right_login, "/").body;
  for (const std::string& secret : {hash_of_secret.substr(7), std::string("YW5uOn"), std::string("canary")}) {
    CHECK(seen.find(secret) == std::string::npos);
  }
}

}  // namespace dbpool::tls
