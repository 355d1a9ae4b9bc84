#include "web/civet_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <latch>
#include <stdexcept>

#include "dbpool/model/error.hpp"
#include "fakes.hpp"
#include "support/eventually.hpp"
#include "support/http/raw_client.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using test::exchange;
using test::RawClient;

constexpr std::string_view get_metrics = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server with one route.
struct Server {
  explicit Server(Handler handler, std::vector<ListenAddress> listen = {{"127.0.0.1", 0}})
      : server({.listen = std::move(listen)}, Router({{{"GET"}, "/metrics", std::move(handler)}}), logger) {}

  std::uint16_t port() const { return server.addresses().front().port; }

  test::KeepingLogger logger;
  CivetServer server;
};

Handler saying(std::string text) {
  return [text = std::move(text)](const Request&) { return text_response(text); };
}

TEST_CASE("the server tells the port that the system chose, for every address") {
  const Server server(saying("fine"), {{"127.0.0.1", 0}, {"", 0}, {"localhost", 0}});
  const auto& addresses = server.server.addresses();
  REQUIRE(addresses.size() == 3);
  CHECK(addresses[0].host == "127.0.0.1");
  for (const ListenAddress& address : addresses) {
    CHECK(address.port != 0);
    CHECK(test::body_of(exchange(address.port, get_metrics)) == "fine");
  }
}

TEST_CASE("a port in use is an error that names the address and the reason") {
  const Server first(saying("fine"));
  const ListenAddress taken{"127.0.0.1", first.port()};
  const std::string name = "127.0.0.1:" + std::to_string(first.port());
  try {
    const Server second(saying("fine"), {taken});
    FAIL("two servers on one port");
  } catch (const Error& error) {
    const std::string what = error.what();
    CAPTURE(what);
    CHECK(what.find(name) != std::string::npos);
    CHECK(what.find("Address already in use") != std::string::npos);
  }
}

TEST_CASE("an address that this machine does not have is an error") {
  CHECK_THROWS_AS(Server(saying("fine"), {{"203.0.113.1", 0}}), Error);
  CHECK_THROWS_AS(Server(saying("fine"), {{"[::1", 0}}), Error);
}

TEST_CASE("a request reaches its handler as it was sent") {
  Request seen;
  const Server server([&](const Request& request) {
    seen = request;
    return text_response("fine");
  });
  exchange(server.port(), "GET /metrics?a=%41&b HTTP/1.1\r\nhost: a\r\nX-Odd:  v w \r\n\r\n");
  CHECK(seen.method == "GET");
  CHECK(seen.path == "/metrics");
  CHECK(seen.query == "a=%41&b");
  CHECK(seen.version == "1.1");
  CHECK(seen.header("x-odd").value_or("").starts_with("v w"));
}

TEST_CASE("HEAD has the head of GET and no body") {
  const Server server(saying("0123456789"));
  const std::string answer = exchange(server.port(), "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(test::head_of(answer).find("\r\nContent-Length: 10") != std::string::npos);
  CHECK(test::head_of(answer).find("\r\nContent-Type: text/plain; charset=utf-8") != std::string::npos);
  CHECK(test::body_of(answer).empty());
}

TEST_CASE("a handler that throws is a 500 without its text, logged once for all repetitions") {
  const Server server([](const Request&) -> Response { throw std::runtime_error("the secret reason"); });
  for (int i = 0; i < 3; ++i) {
    const std::string answer = exchange(server.port(), get_metrics);
    CHECK(test::status_of(answer) == 500);
    CHECK(answer.find("secret") == std::string::npos);
  }
  const auto lines = server.logger.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "request failed /metrics the secret reason");
}

TEST_CASE("a large answer arrives whole, every time, even where the client has sent too much") {
  const std::string large(1 << 20, 'x');
  const Server server(saying(large));
  for (int i = 0; i < 20; ++i) CHECK(test::body_of(exchange(server.port(), get_metrics)) == large);
  const std::string twice = std::string(get_metrics) + std::string(get_metrics);
  for (int i = 0; i < 20; ++i) CHECK(test::body_of(exchange(server.port(), twice)) == large);
}

TEST_CASE("forty idle clients keep nobody waiting") {
  const Server server(saying("fine"));
  std::vector<RawClient> idle;
  for (int i = 0; i < 40; ++i) idle.emplace_back(server.port());
  const auto start = std::chrono::steady_clock::now();
  CHECK(test::body_of(exchange(server.port(), get_metrics)) == "fine");
  CHECK(std::chrono::steady_clock::now() - start < stretched(500ms));
}

TEST_CASE("the server stops in time with forty idle and forty unfinished clients attached") {
  Server server(saying("fine"));
  std::vector<RawClient> clients;
  for (int i = 0; i < 80; ++i) {
    clients.emplace_back(server.port());
    if (i % 2 == 0) clients.back().send("GET /metr");
  }
  const auto start = std::chrono::steady_clock::now();
  server.server.stop();
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(took < stretched(900ms));
  server.server.stop();
}

TEST_CASE("the server stops in time while clients do not read their large answers") {
  const std::string large(12 << 20, 'x');
  std::latch asked(2);
  Server server([&](const Request&) {
    Response response = text_response(large);
    asked.count_down();
    return response;
  });
  std::vector<RawClient> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(get_metrics);
  }
  asked.wait();
  const auto start = std::chrono::steady_clock::now();
  server.server.stop();
  CHECK(std::chrono::steady_clock::now() - start < stretched(1900ms));
}

TEST_CASE("while the server stops, an answer in the making is sent, and nobody new is let in") {
  std::promise<void> entered, leave;
  Server server([&](const Request&) {
    entered.set_value();
    leave.get_future().wait();
    return text_response("late");
  });
  const RawClient client(server.port());
  client.send(get_metrics);
  entered.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { server.server.stop(); });
  CHECK(stopped.wait_for(100ms) == std::future_status::timeout);
  CHECK_FALSE(RawClient::can_connect(server.port()));
  leave.set_value();
  CHECK(test::body_of(client.receive()) == "late");
}

}  // namespace
}  // namespace dbpool
