#include "web/router.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace dbpool {
namespace {

Handler saying(const std::string& text) {
  return [text](const Request& request) { return text_response(text + request.path_parameter); };
}

const Router& router() {
  static const Router made({{{"GET"}, "/metrics", saying("metrics")},
                            {{"POST", "PUT"}, "/-/reload", saying("reload")},
                            {{"GET", "POST"}, "/both", saying("both")},
                            {{"GET"}, "/stats", saying("all")},
                            {{"GET"}, "/stats/{pool}", saying("pool ")},
                            {{"GET"}, "/metrics", saying("never")}});
  return made;
}

Response ask(const std::string& method, const std::string& path) {
  return router().answer({method, path, "", "1.1", {}, ""});
}

TEST_CASE("a route answers its path, and the first of two does") {
  CHECK(ask("GET", "/metrics").body == "metrics");
  CHECK(ask("PUT", "/-/reload").body == "reload");
}

TEST_CASE("no other spelling of a path reaches its route") {
  for (const char* path : {"/metricsX", "/metrics/", "//metrics", "/./metrics", "/a/../metrics", "/%6detrics",
                           "/METRICS", "/metrics%00", "/metrics;a", "metrics", "", "/", "/stats/", "*"}) {
    CAPTURE(path);
    CHECK(ask("GET", path).status == 404);
  }
}

TEST_CASE("HEAD is answered wherever GET is, and only there") {
  CHECK(ask("HEAD", "/metrics").body == "metrics");
  CHECK(ask("HEAD", "/-/reload").status == 405);
}

TEST_CASE("a wrong method is told the right ones") {
  const Response response = ask("GET", "/-/reload");
  CHECK(response.status == 405);
  REQUIRE(response.headers.size() == 1);
  CHECK(response.headers[0].name == "Allow");
  CHECK(response.headers[0].value == "POST, PUT");
  CHECK(ask("OPTIONS", "/both").headers.at(0).value == "GET, HEAD, POST");
  CHECK(ask("DELETE", "/stats/a").status == 405);
  CHECK(ask("DELETE", "/nothing").status == 404);
}

TEST_CASE("a method that no route takes is refused without asking one") {
  const auto refuse = [](const std::string& method, const std::string& path) {
    return router().refuse_method({method, path, "", "1.1", {}, ""});
  };
  CHECK(refuse("BREW", "/-/reload")->headers.at(0).value == "POST, PUT");
  CHECK(refuse("BREW", "/stats/%zz")->status == 405);
  CHECK(refuse("BREW", "/nothing")->status == 404);
  CHECK_FALSE(refuse("GET", "/-/reload").has_value());
  CHECK_FALSE(refuse("HEAD", "/metrics").has_value());
}

TEST_CASE("a name in a path is decoded once") {
  CHECK(ask("GET", "/stats").body == "all");
  CHECK(ask("GET", "/stats/orders").body == "pool orders");
  CHECK(ask("GET", "/stats/a%2Fb%20c%c3%bc").body == "pool a/b c\u00fc");
  CHECK(ask("GET", "/stats/pgb/app/alice").body == "pool pgb/app/alice");
  CHECK(ask("GET", "/stats/%2541").body == "pool %41");
  CHECK(ask("GET", "/stats/a+b").body == "pool a+b");
}

TEST_CASE("a name that is not properly encoded is a bad request") {
  for (const char* path :
       {"/stats/%", "/stats/%4", "/stats/%4g", "/stats/%-1", "/stats/a% 1", "/stats/%0x"}) {
    CAPTURE(path);
    CHECK(ask("GET", path).status == 400);
  }
}

TEST_CASE("errors are JSON objects, whatever their text holds") {
  const Response response = error_response(500, "a \"quoted\"\nline \xff");
  CHECK(response.status == 500);
  CHECK(response.content_type == "application/json");
  const auto json = nlohmann::json::parse(response.body);
  CHECK(json["status"] == "error");
  CHECK(json["error"] == "a \"quoted\"\nline \ufffd");
  CHECK(nlohmann::json::parse(ask("GET", "/nothing").body)["error"] == "not found");
}

}  // namespace
}  // namespace dbpool
