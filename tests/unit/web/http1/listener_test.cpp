#include "web/http1/listener.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

#include "../fakes.hpp"
#include "dbpool/model/error.hpp"
#include "support/eventually.hpp"
#include "support/fakes/fake_clock.hpp"
#include "support/fakes/gate.hpp"
#include "support/http/raw_client.hpp"
#include "web/gzip.hpp"
#include "web/http1/listening_sockets.hpp"
#include "web/http1/open_connections.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using test::body_of;
using test::exchange;
using test::RawClient;
using test::status_of;

constexpr std::size_t limit = 4U << 20U;

/// Counts the tasks that may block.
struct CountingScheduler : ThreadScheduler {
  using ThreadScheduler::ThreadScheduler;
  bool post_blocking(Task task, const void* on) override {
    ++blocking;
    return ThreadScheduler::post_blocking(std::move(task), on);
  }
  std::atomic<int> blocking = 0;
};

/// A guard that is slow where there is a login.
struct SlowGuard {
  Guard guard;
};

/// A listener whose POST `/in` takes a body and answers with it. Its clients have time until the test lets it
/// pass.
struct Server {
  explicit Server(
      Handler handler = [](const Request& request) { return text_response(request.body); },
      ListenAddress address = {"127.0.0.1", 0}) {
    const Route route{{"POST"}, "/in", std::move(handler), {}, rules()};
    listen(Router({route}), std::move(address));
  }
  explicit Server(SlowGuard slow) {
    const auto answer = [](const Request& request) { return text_response(request.body); };
    const Route route{{"POST"}, "/in", answer, {std::move(slow.guard)}, rules()};
    const auto has_login = [](const Request& request) { return request.header("Authorization").has_value(); };
    listen(HttpSite(Router({route}), has_login));
  }
  ~Server() {
    listener.reset();
    scheduler->stop();
  }
  void listen(HttpSite site, ListenAddress address = {"127.0.0.1", 0}) {
    listener = std::make_unique<HttpListener>(std::move(address), std::move(site), Runtime{scheduler, clock},
                                              logger);
  }
  std::shared_ptr<const BodyRules> rules() {
    const auto room = std::make_shared<BodyRoom>(2 * limit);
    const auto count = [this](int status) { refused.push_back(status); };
    return std::make_shared<const BodyRules>(BodyRules{limit, true, room, count});
  }
  std::uint16_t port() const { return listener->address().port; }
  std::string send(const std::string& headers, const std::string& body) const {
    return exchange(port(), head(headers) + body);
  }
  static std::string head(const std::string& headers) {
    return "POST /in HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n\r\n";
  }
  /// Lets `d` pass, also for the scheduler, which looks at its clock when a task comes.
  void advance(Duration d) const {
    clock->advance(d);
    scheduler->at(TimePoint::min(), [] {});
  }

  test::KeepingLogger logger;
  std::vector<int> refused;  ///< statuses; of one client after the other
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<CountingScheduler> scheduler = std::make_shared<CountingScheduler>(4, clock);
  std::unique_ptr<HttpListener> listener;
};

std::string length_of(std::size_t bytes) {
  return "Content-Length: " + std::to_string(bytes);
}

std::string reason_not_to_listen(const ListenAddress& address) {
  try {
    const Server server({}, address);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a body that is large or compressed is answered where a task may take long") {
  const Server server;
  const std::string small(1000, 'x'), large((256U << 10U) + 1, 'x');
  CHECK(body_of(server.send(length_of(small.size()), small)) == small);
  CHECK(server.scheduler->blocking == 0);
  CHECK(body_of(server.send(length_of(large.size()), large)) == large);
  CHECK(server.scheduler->blocking == 1);
  const std::string packed = gzip(small);
  CHECK(body_of(server.send("Content-Encoding: gzip\r\n" + length_of(packed.size()), packed)) == small);
  CHECK(server.scheduler->blocking == 2);
}

TEST_CASE("a listener answers as the web server does") {
  const Server server;
  const std::string answer = server.send(length_of(5), "hello");
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  const std::string head = test::head_of(answer);
  for (const char* header :
       {"Content-Type: text/plain; charset=utf-8", "Content-Length: 5", "Connection: close",
        "X-Content-Type-Options: nosniff", "Cache-Control: no-store"}) {
    CAPTURE(std::string(header));
    CHECK(head.find(std::string("\r\n") + header) != std::string::npos);
  }
  CHECK(body_of(answer) == "hello");
  CHECK(
      server.send("Transfer-Encoding: chunked", "5;a\r\nhello\r\n0\r\nA: b\r\n\r\n").ends_with("\r\nhello"));
  CHECK(status_of(exchange(server.port(), "POST /in HTTP/1.1\r\n\r\n")) == 400);
  CHECK(status_of(exchange(server.port(), "GET /out HTTP/1.1\r\nHost: a\r\n\r\n")) == 404);
  const std::string wrong = exchange(server.port(), "HEAD /in HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(status_of(wrong) == 405);
  CHECK(wrong.find("\r\nAllow: POST\r\n") != std::string::npos);
  CHECK(body_of(wrong).empty());
  CHECK(server.logger.lines().empty());
}

TEST_CASE("a large body is answered, plain and compressed") {
  const Server server;
  const std::string body(limit, 'x');
  CHECK(body_of(server.send(length_of(limit), body)) == body);
  const std::string packed = gzip(body);
  CHECK(body_of(server.send("Content-Encoding: gzip\r\n" + length_of(packed.size()), packed)) == body);
  const std::string bomb = gzip(body + "x");
  CHECK(status_of(server.send("Content-Encoding: gzip\r\n" + length_of(bomb.size()), bomb)) == 413);
}

TEST_CASE("a client that sends on after its refusal gets the refusal") {
  const Server server;
  const std::string answer =
      server.send("Transfer-Encoding: chunked", "ffffffff\r\n" + std::string(8 * limit, 'x'));
  CHECK(status_of(answer) == 413);
  CHECK(test::head_of(answer).find("\r\nContent-Length: " + std::to_string(body_of(answer).size())) !=
        std::string::npos);
}

TEST_CASE("a client that waits to be asked for its body is asked, or refused at once") {
  const Server server;
  const RawClient asked(server.port());
  asked.send(Server::head("Expect: 100-continue\r\n" + length_of(5)));
  CHECK(asked.receive_some() == "HTTP/1.1 100 Continue\r\n\r\n");
  asked.send("hello");
  CHECK(body_of(asked.receive()) == "hello");
  CHECK(status_of(server.send("Expect: 100-continue\r\n" + length_of(limit + 1), "")) == 413);
}

TEST_CASE("a client that ends its request early is answered, one that sent nothing is not") {
  const Server server;
  const auto cut_off = [&](const std::string& text) {
    const RawClient client(server.port());
    client.send(text);
    client.end();
    return client.receive();
  };
  CHECK(status_of(cut_off(Server::head(length_of(5)) + "hell")) == 400);
  CHECK(status_of(cut_off("POST /in")) == 400);
  CHECK(cut_off("").empty());
}

TEST_CASE("a client has two seconds for its head, and ten for its whole request") {
  const Server server;
  const RawClient silent(server.port()), in_head(server.port()), in_body(server.port());
  in_head.send("POST /in HTTP/1.1\r\n");
  in_body.send(Server::head("Expect: 100-continue\r\n" + length_of(5)));
  CHECK(in_body.receive_some().starts_with("HTTP/1.1 100"));
  server.advance(3s);
  CHECK(status_of(in_head.receive()) == 400);
  CHECK(silent.receive().empty());
  in_body.send("hell");
  server.advance(8s);
  const std::string answer = in_body.receive();
  CHECK(status_of(answer) == 503);
  CHECK(answer.find("\r\nRetry-After: 1\r\n") != std::string::npos);
  CHECK(server.refused == std::vector{503});
}

TEST_CASE("bodies for which there is no memory are refused for a moment, and small ones are not") {
  Gate gate;
  const Server server(Handler([&](const Request& request) {
    if (request.body.size() == limit) gate.pass();
    return text_response("taken");
  }));
  const std::string body(limit, 'x');
  std::vector<RawClient> held;
  for (int i = 0; i < 2; ++i) {
    held.emplace_back(server.port());
    held.back().send(Server::head(length_of(limit)) + body);
  }
  gate.await_arrivals(2);
  const std::string refusal = server.send(length_of(limit), body);
  CHECK(status_of(refusal) == 503);
  CHECK(refusal.find("\r\nRetry-After: 1\r\n") != std::string::npos);
  CHECK(body_of(server.send(length_of(5), "hello")) == "taken");
  gate.open();
  for (const RawClient& client : held) CHECK(body_of(client.receive()) == "taken");
  CHECK(eventually([&] { return status_of(server.send(length_of(limit), body)) == 200; }, 20s));
}

TEST_CASE("a guard that may take long runs where a task may, in a short queue, and costs others nothing") {
  Gate gate;
  const Server server(SlowGuard{[&](const Request& request) -> std::optional<Response> {
    if (request.header("Authorization") == "slow") gate.pass();
    return std::nullopt;
  }});
  std::vector<RawClient> slow;
  for (int i = 0; i < 8; ++i) {
    slow.emplace_back(server.port());
    slow.back().send(Server::head("Authorization: slow\r\n" + length_of(5)) + "hello");
  }
  REQUIRE(eventually([&] { return server.scheduler->blocking == 8; }, 20s));
  const std::string busy = server.send("Authorization: fast\r\n" + length_of(5), "hello");
  CHECK(status_of(busy) == 503);
  CHECK(busy.find("\r\nRetry-After: 1\r\n") != std::string::npos);
  CHECK(body_of(server.send(length_of(5), "hello")) == "hello");
  server.advance(60s);  // is not the clients' time
  gate.open();
  for (const RawClient& client : slow) CHECK(body_of(client.receive()) == "hello");
  CHECK(eventually(
      [&] { return body_of(server.send("Authorization: fast\r\n" + length_of(5), "hello")) == "hello"; },
      20s));
}

TEST_CASE("a connection that makes room for another one counts as no refused body") {
  const Server server;
  const RawClient in_body(server.port());
  in_body.send(Server::head("Expect: 100-continue\r\n" + length_of(5)));
  CHECK(in_body.receive_some().starts_with("HTTP/1.1 100"));
  std::vector<RawClient> silent;
  for (std::size_t i = 0; i < connections_allowed(1024); ++i) silent.emplace_back(server.port());
  CHECK(in_body.receive().empty());
  CHECK(server.refused.empty());
}

TEST_CASE("a client that does not take its answer is hung up on") {
  const Server server([](const Request&) { return text_response(std::string(32U << 20U, 'x')); });
  const RawClient client(server.port());
  client.send(Server::head("X: y"));
  const std::string beginning = client.receive_some();
  CHECK(status_of(beginning) == 200);
  server.advance(60s);
  CHECK(beginning.size() + client.receive().size() < (32U << 20U));
}

TEST_CASE("silent clients cost others nothing, whatever their number") {
  const Server server;
  std::vector<RawClient> silent;
  for (int i = 0; i < 200; ++i) {
    silent.emplace_back(server.port());
    silent.back().send("POST /in");
    if (i % 10 == 0) CHECK(body_of(server.send(length_of(5), "hello")) == "hello");
  }
}

TEST_CASE("a handler that fails is an internal error, and the next one is called") {
  std::atomic<int> calls = 0;
  const Server server([&](const Request& request) {
    if (++calls == 1) throw Error("odd");
    return text_response(request.body);
  });
  CHECK(status_of(server.send(length_of(5), "hello")) == 500);
  CHECK(status_of(server.send(length_of(5), "hello")) == 200);
  CHECK(server.logger.lines() == std::vector<std::string>{"request failed /in odd"});
}

TEST_CASE("a listener ends while clients are served, and its port is free at once") {
  Gate gate;
  std::optional<Server> server(std::in_place, [&](const Request&) {
    gate.pass();
    return text_response("late");
  });
  const std::uint16_t port = server->port();
  const RawClient silent(port), working(port);
  working.send(Server::head("X: y"));
  gate.await_arrivals(1);
  server->listener.reset();
  CHECK(silent.receive().empty());
  CHECK(working.receive().empty());
  CHECK_FALSE(RawClient::can_connect(port));
  {
    const Server next([](const Request&) { return text_response("next"); }, {"127.0.0.1", port});
    CHECK(body_of(next.send("X: y", "")) == "next");
  }
  gate.open();
}

TEST_CASE("an address that is taken, or none, is an error that says so") {
  const Server server;
  const std::string port = std::to_string(server.port());
  CHECK(reason_not_to_listen({"127.0.0.1", server.port()}) ==
        "listen on 127.0.0.1:" + port + ": address already in use; is a collector running there?");
  CHECK(reason_not_to_listen({"localhost", server.port()}) ==
        "listen on localhost:" + port + ": address already in use; is a collector running there?");
  CHECK(reason_not_to_listen({"db.example", 1}) ==
        "listen on db.example:1: the host is no address; allowed: an IPv4 or IPv6 address, localhost");
  CHECK(reason_not_to_listen({"192.0.2.1", 1}) == "listen on 192.0.2.1:1: cannot assign requested address");
}

TEST_CASE("every form of an address that the machine has is listened on") {
  for (const char* host : {"", "127.0.0.2", "localhost", "0.0.0.0"}) {
    CAPTURE(std::string(host));
    const Server server({}, {host, 0});
    CHECK(server.port() > 0);
    if (std::string_view(host) != "127.0.0.2") CHECK(RawClient::can_connect(server.port()));
  }
  CHECK(text_of({"::1", 4318}) == "[::1]:4318");
  CHECK(text_of({"", 4318}) == "0.0.0.0:4318");
}

}  // namespace
}  // namespace dbpool
