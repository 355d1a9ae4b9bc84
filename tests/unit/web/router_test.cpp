#include "web/router.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "web/gzip.hpp"

namespace dbpool {
namespace {

Handler saying(const std::string& text) {
  return [text](const Request& request) { return text_response(text + request.path_parameter); };
}

Guard refusing(int status) {
  return [status](const Request&) { return std::optional(error_response(status, "refused")); };
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

TEST_CASE("a path with every method takes an unknown one, and makes it no method of another path") {
  const Router router({{{"GET"}, "/metrics", saying("metrics")}, {{}, "/off", saying("off")}});
  const auto refuse = [&](const std::string& path) {
    return router.refuse_method({"BREW", path, "", "1.1", {}, ""});
  };
  REQUIRE(refuse("/metrics").has_value());
  CHECK(refuse("/metrics")->status == 405);
  CHECK_FALSE(refuse("/off").has_value());
}

TEST_CASE("another method is refused before the login only where the methods of a path are public") {
  const Router router(
      {{{"POST"}, "/open", saying("said"), {}, nullptr, true}, {{"POST"}, "/closed", saying("said")}});
  const auto refuse = [&](const std::string& method, const std::string& path) {
    return router.refuse_public_method({method, path, "", "1.1", {}, ""});
  };
  REQUIRE(refuse("GET", "/open").has_value());
  CHECK(refuse("GET", "/open")->status == 405);
  CHECK(refuse("GET", "/open")->headers.at(0).value == "POST");
  CHECK_FALSE(refuse("POST", "/open").has_value());
  CHECK_FALSE(refuse("GET", "/closed").has_value());
  CHECK_FALSE(refuse("GET", "/nothing").has_value());
}

TEST_CASE("of several routes with one path, each answers its methods, and Allow lists all of them") {
  const Router split({{{"GET"}, "/level", saying("shown")},
                      {{"PUT"}, "/level", saying("set"), {refusing(403)}},
                      {{"GET"}, "/level", saying("never")}});
  const auto ask = [&](const std::string& method) {
    return split.answer({method, "/level", "", "1.1", {}, ""});
  };
  CHECK(ask("GET").body == "shown");
  CHECK(ask("PUT").status == 403);
  CHECK(ask("POST").headers.at(0).value == "GET, HEAD, PUT");
}

TEST_CASE("the first guard that refuses a request answers it, and the handler is not called") {
  bool called = false;
  const auto handler = [&](const Request&) {
    called = true;
    return text_response("fine");
  };
  const auto ask = [&](std::vector<Guard> guards) {
    return Router({{{"GET"}, "/a", handler, std::move(guards)}}).answer({"GET", "/a", "", "1.1", {}, ""});
  };
  const Guard passing = [](const Request&) { return std::nullopt; };
  CHECK(ask({passing, refusing(401), refusing(403)}).status == 401);
  CHECK_FALSE(called);
  CHECK(ask({passing, passing}).body == "fine");
}

TEST_CASE("a guard sees the decoded parameter of the path") {
  const Guard only_orders = [](const Request& request) {
    return request.path_parameter == "orders" ? std::nullopt : std::optional(error_response(403, "no"));
  };
  const Router router({{{"GET"}, "/a/{pool}", saying("fine "), {only_orders}}});
  CHECK(router.answer({"GET", "/a/%6frders", "", "1.1", {}, ""}).status == 200);
  CHECK(router.answer({"GET", "/a/others", "", "1.1", {}, ""}).status == 403);
}

/// A path that takes bodies of up to 10 bytes, for POST, and one that takes none.
struct Intake {
  /// Sends a request whose body, as far as it is asked for, is `body`.
  Response send(const std::string& method, const std::string& path, std::vector<Header> headers,
                const std::string& text = "0123456789", BodyEnd end = BodyEnd::complete) {
    const auto echo = [](const Request& request) { return text_response(request.body); };
    const Router router({{{"POST"}, "/in", echo, {guard}, rules}, {{"GET", "POST"}, "/none", echo}});
    return router.answer({method, path, "", "1.1", std::move(headers), ""}, [&](const BodyRules& given) {
      ++reads;
      CHECK(&given == rules.get());
      return Body{text, end};
    });
  }
  Guard guard = [](const Request&) { return std::nullopt; };
  std::vector<int> refused = {};
  const std::shared_ptr<const BodyRules> rules = std::make_shared<const BodyRules>(
      BodyRules{.limit = 10, .inflates = true, .refused = [this](int status) { refused.push_back(status); }});
  int reads = 0;
};

const Header ten{"Content-Length", "10"}, eleven{"Content-Length", "11"};
const Header chunked{"Transfer-Encoding", "chunked"};

TEST_CASE("a handler gets the body where its route takes one") {
  Intake intake;
  CHECK(intake.send("POST", "/in", {ten}).body == "0123456789");
  CHECK(intake.send("POST", "/in", {chunked}).body == "0123456789");
  CHECK(intake.reads == 2);
  CHECK(intake.send("POST", "/in", {}).body.empty());
  CHECK(intake.send("POST", "/in", {{"Content-Length", "0"}}).body.empty());
  CHECK(intake.reads == 2);
}

TEST_CASE("a body that is announced too large is refused without reading it, one in chunks after it") {
  Intake intake;
  CHECK(intake.send("POST", "/in", {eleven}).status == 413);
  CHECK(intake.reads == 0);
  CHECK(intake.send("POST", "/in", {chunked}, "01234567890", BodyEnd::too_large).status == 413);
  CHECK(intake.send("POST", "/in", {ten}, "0123", BodyEnd::incomplete).status == 400);
  CHECK(intake.refused == std::vector{413, 413, 400});
}

TEST_CASE("a body for which there is no memory is refused for a moment") {
  Intake intake;
  const Response busy = intake.send("POST", "/in", {ten}, "", BodyEnd::no_room);
  CHECK(busy.status == 503);
  REQUIRE(busy.headers.size() == 1);
  CHECK(busy.headers[0].name == "Retry-After");
  CHECK(busy.headers[0].value == "1");
  CHECK(intake.refused == std::vector{503});
}

TEST_CASE("a gzip body reaches the handler inflated, up to the limit of its route") {
  Intake intake;
  const Header packed{"Content-Encoding", "gzip"};
  CHECK(intake.send("POST", "/in", {chunked, packed}, gzip("hello")).body == "hello");
  CHECK(intake.send("POST", "/in", {chunked, {"Content-Encoding", "X-GZIP"}}, gzip("hello")).body == "hello");
  CHECK(intake.send("POST", "/in", {chunked, {"Content-Encoding", "identity"}}, "hello").body == "hello");
  CHECK(intake.send("POST", "/in", {chunked, packed}, gzip("0123456789")).body == "0123456789");
  CHECK(intake.refused.empty());
  CHECK(intake.send("POST", "/in", {chunked, packed}, gzip("01234567890")).status == 413);
  CHECK(intake.send("POST", "/in", {chunked, packed}, "hello").status == 400);
  CHECK(intake.send("POST", "/in", {chunked, packed}, gzip("hello").substr(0, 15)).status == 400);
  CHECK(intake.send("POST", "/in", {chunked, packed}, gzip("hello") + "x").status == 400);
  CHECK(intake.refused == std::vector{413, 400, 400, 400});
}

TEST_CASE("a body in another encoding is refused before it is read") {
  Intake intake;
  for (const char* coding : {"br", "deflate", "zstd", "gzip, gzip", "gzipped"}) {
    CAPTURE(std::string(coding));
    const Response refusal = intake.send("POST", "/in", {ten, {"Content-Encoding", coding}});
    CHECK(refusal.status == 415);
    CHECK(refusal.headers.at(0).value == "gzip");
  }
  CHECK(intake.reads == 0);
  CHECK(intake.send("POST", "/in", {{"Content-Encoding", "br"}}).status == 200);
}

TEST_CASE("a route without methods answers every one, on paths that no other route has") {
  const Router router({{{"POST"}, "/in", saying("in")}, {{}, "/{path}", saying("else "), {}}});
  const auto ask = [&](const std::string& method, const std::string& path) {
    return router.answer({method, path, "", "1.1", {}, ""});
  };
  CHECK(ask("POST", "/in").body == "in");
  CHECK(ask("GET", "/in").status == 405);
  CHECK(ask("BREW", "/out").body == "else out");
}

TEST_CASE("routes come and go while a router serves, and one in progress stays") {
  const auto more = std::make_shared<ChangingRoutes>();
  const Router router({{{"GET"}, "/a", saying("a")}}, more);
  const auto ask = [&] { return router.answer({"GET", "/b", "", "1.1", {}, ""}); };
  CHECK(ask().status == 404);
  const auto routes = [](const std::string& text) {
    return std::make_shared<const std::vector<Route>>(std::vector<Route>{{{"GET"}, "/b", saying(text)}});
  };
  const Routes first = routes("first"), second = routes("second");
  more->open(first);
  Admission admission = router.admit({"GET", "/b", "", "1.1", {}, ""});
  more->open(second);
  more->close(first);
  CHECK(ask().body == "second");
  more->close(second);
  CHECK(ask().status == 404);
  CHECK(std::get<Admitted>(admission).answer().body == "first");
}

TEST_CASE("where no route of a path takes a body, one is refused before anything else") {
  Intake intake;
  for (const char* path : {"/none", "/nothing"}) {
    for (const char* method : {"GET", "POST", "DELETE"}) {
      CAPTURE(path);
      CAPTURE(method);
      CHECK(intake.send(method, path, {ten}).status == 413);
      CHECK(intake.send(method, path, {chunked}).status == 413);
    }
  }
  CHECK(intake.reads == 0);
}

TEST_CASE("a wrong method and a guard refuse a request before its body is read, whatever its size") {
  Intake intake;
  intake.guard = refusing(403);
  for (const Header& length : {ten, eleven, chunked}) {
    const Response wrong = intake.send("PUT", "/in", {length});
    CHECK(wrong.status == 405);
    CHECK(wrong.headers.at(0).value == "POST");
    CHECK(intake.send("POST", "/in", {length}).status == 403);
  }
  CHECK(intake.reads == 0);
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
