#include "web/responder.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "fakes.hpp"

namespace dbpool {
namespace {

/// A responder with one route, `/metrics`.
struct Desk {
  explicit Desk(Handler handler) : responder(Router({{{"GET"}, "/metrics", std::move(handler)}}), logger) {}

  Response ask(std::vector<Header> headers = {{"Host", "a"}}) {
    return responder.answer({"GET", "/metrics", "", "1.1", std::move(headers), ""});
  }

  test::KeepingLogger logger;
  Responder responder;
};

TEST_CASE("what a route throws is a 500 that tells nothing, and in the log once") {
  Desk desk([](const Request&) -> Response { throw std::runtime_error("the secret reason"); });
  for (int i = 0; i < 3; ++i) {
    const Response response = desk.ask();
    CHECK(response.status == 500);
    CHECK(response.body == "{\"status\":\"error\",\"error\":\"internal error\"}\n");
  }
  CHECK(desk.logger.lines() == std::vector<std::string>{"request failed /metrics the secret reason"});
}

TEST_CASE("a route that throws anything at all is a 500, and in the log") {
  Desk desk([](const Request&) -> Response { throw 7; });
  CHECK(desk.ask().status == 500);
  CHECK(desk.logger.lines() == std::vector<std::string>{"request failed /metrics unknown exception"});
}

TEST_CASE("what is refused reaches no route") {
  bool reached = false;
  Desk desk([&reached](const Request&) {
    reached = true;
    return text_response("fine");
  });
  CHECK(desk.ask({}).status == 400);
  CHECK_FALSE(reached);
  CHECK(desk.ask().status == 200);
  CHECK(reached);
}

}  // namespace
}  // namespace dbpool
