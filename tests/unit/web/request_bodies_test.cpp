#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "fakes.hpp"
#include "support/http/raw_client.hpp"
#include "web/civet_server.hpp"
#include "web/guards.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using test::exchange;
using test::RawClient;
using test::status_of;

constexpr std::size_t limit = 100'000;

/// A server whose POST `/in` takes a body, for scripts, and answers with it.
struct Server {
  Server() : server({.listen = {{"127.0.0.1", 0}}}, Router({route()}), logger) {}

  Route route() {
    const auto echo = [this](const Request& request) {
      ++calls;
      return text_response(request.body);
    };
    return {{"POST"},
            "/in",
            echo,
            {no_page_may("send anything")},
            std::make_shared<const BodyRules>(BodyRules{limit})};
  }
  std::uint16_t port() const { return server.addresses().front().port; }
  std::string send(const std::string& headers, const std::string& body) const {
    return exchange(port(), head(headers) + body);
  }
  static std::string head(const std::string& headers) {
    return "POST /in HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n\r\n";
  }

  std::atomic<int> calls = 0;
  test::KeepingLogger logger;
  CivetServer server;
};

std::string length_of(std::size_t bytes) {
  return "Content-Length: " + std::to_string(bytes);
}

std::string in_chunks(const std::string& text, std::size_t size) {
  std::string chunks;
  for (std::size_t i = 0; i < text.size(); i += size) {
    const std::string part = text.substr(i, size);
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%zx", part.size());
    chunks += digits.data() + ("\r\n" + part + "\r\n");
  }
  return chunks + "0\r\n\r\n";
}

/// Returns bytes of every value.
std::string bytes(std::size_t count) {
  std::string text(count, ' ');
  for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>(i * 7 % 256);
  return text;
}

const std::string chunked = "Transfer-Encoding: chunked";

TEST_CASE("a body arrives as it was sent, with a length and in chunks") {
  const Server server;
  for (const std::size_t size : {std::size_t{1}, std::size_t{9000}, limit}) {
    CAPTURE(size);
    const std::string body = bytes(size);
    CHECK(test::body_of(server.send(length_of(size), body)) == body);
    CHECK(test::body_of(server.send(chunked, in_chunks(body, 3000))) == body);
  }
  CHECK(test::body_of(server.send(chunked, in_chunks(bytes(300), 1))) == bytes(300));
  CHECK(status_of(server.send("X: y", "")) == 200);
  CHECK(server.calls == 8);
  CHECK(server.logger.lines().empty());
}

TEST_CASE("a body that arrives after its head is waited for") {
  const Server server;
  const RawClient client(server.port());
  client.send(Server::head(length_of(10)));
  std::this_thread::sleep_for(50ms);
  client.send("01234");
  std::this_thread::sleep_for(50ms);
  client.send("56789");
  CHECK(test::body_of(client.receive()) == "0123456789");
}

TEST_CASE("bytes beyond the announced length are not part of the body") {
  const Server server;
  CHECK(test::body_of(server.send(length_of(5), "hello, world")) == "hello");
  CHECK(test::body_of(server.send(chunked, in_chunks("hello", 5) + "GET /")) == "hello");
  CHECK(test::body_of(server.send(length_of(5), "helloPOST /in HTTP/1.1\r\nHost: a\r\n\r\n")) == "hello");
  CHECK(server.calls == 3);
}

TEST_CASE("a body over the limit is refused, and reaches no handler") {
  const Server server;
  CHECK(status_of(server.send(length_of(limit + 1), "")) == 413);
  CHECK(status_of(server.send("Content-Length: 9223372036854775807", "x")) == 413);
  CHECK(status_of(server.send("Content-Length: 99999999999999999999999", "x")) == 413);
  CHECK(status_of(server.send(chunked, in_chunks(bytes(limit + 1), 5000))) == 413);
  CHECK(server.calls == 0);
}

TEST_CASE("a body that breaks off or is malformed is refused, and reaches no handler") {
  const Server server;
  const auto cut_off = [&](const std::string& headers, const std::string& part) {
    const RawClient client(server.port());
    client.send(Server::head(headers) + part);
    client.end();
    return status_of(client.receive());
  };
  CHECK(cut_off(length_of(10), "01234") == 400);
  CHECK(cut_off(length_of(10), "") == 400);
  CHECK(cut_off(chunked, "") == 400);
  for (const char* chunks :
       {"5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhelloXX", "x\r\n", "\r\n", "-1\r\n", "5 hello\r\n",
        "ffffffffffffffff\r\nx", "10000000000000000\r\nx", "fffffffffffffffe\r\nx\r\n0\r\n\r\n"}) {
    CAPTURE(std::string(chunks));
    const int status = cut_off(chunked, chunks);
    CHECK((status == 400 || status == 413));
  }
  CHECK(server.calls == 0);
  CHECK(server.logger.lines().empty());
}

TEST_CASE("two lengths, an unknown encoding and a length that is no number are refused") {
  const Server server;
  for (const char* headers :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: 5\r\nContent-Length: 5",
        "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: identity",
        "Content-Length: -1", "Content-Length: five", "Content-Length: 5, 5"}) {
    CAPTURE(std::string(headers));
    CHECK(status_of(server.send(headers, "hello")) == 400);
  }
  CHECK(server.calls == 0);
}

TEST_CASE("a client that waits to be asked for its body is asked, or refused at once") {
  const Server server;
  const RawClient asked(server.port());
  asked.send(Server::head("Expect: 100-continue\r\n" + length_of(5)));
  CHECK(asked.receive_some() == "HTTP/1.1 100 Continue\r\n\r\n");
  asked.send("hello");
  CHECK(test::body_of(asked.receive()) == "hello");
  const auto refused = [&](const std::string& headers) {
    return status_of(server.send("Expect: 100-continue\r\n" + headers, ""));
  };
  CHECK(refused(length_of(limit + 1)) == 413);
  CHECK(refused("Origin: http://a\r\n" + length_of(5)) == 403);
  CHECK(server.calls == 1);
}

TEST_CASE("a guard and a wrong method refuse a request whose body never comes, at once") {
  const Server server;
  CHECK(status_of(server.send("Origin: http://a\r\n" + length_of(5), "")) == 403);
  const std::string put = exchange(server.port(), "PUT /in HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  CHECK(status_of(put) == 405);
  CHECK(test::head_of(put).find("\r\nAllow: POST") != std::string::npos);
  CHECK(status_of(exchange(server.port(), "POST /out HTTP/1.1\r\nHost: a\r\n" + length_of(5) + "\r\n\r\n")) ==
        413);
  CHECK(server.calls == 0);
}

/// Sends a head, and then one byte of `body` every 50 ms until the server answers. Returns the answer, "" if
/// there is none within 10 s.
std::string drip(std::uint16_t port, const std::string& headers, const std::string& body) {
  const RawClient client(port);
  client.send(Server::head(headers));
  const std::jthread sender([&](const std::stop_token& stop) {
    for (const char byte : body) {
      if (stop.stop_requested()) return;
      client.send({&byte, 1});
      std::this_thread::sleep_for(50ms);
    }
  });
  return client.receive();
}

TEST_CASE("a body that drips in is given up, with a length, in chunks, and within the head of a chunk") {
  const Server server;
  const std::string endless(1000, '0');
  std::vector<std::jthread> clients;
  std::array<int, 3> statuses{};
  clients.emplace_back([&] { statuses[0] = status_of(drip(server.port(), length_of(1000), endless)); });
  clients.emplace_back(
      [&] { statuses[1] = status_of(drip(server.port(), chunked, in_chunks(endless, 1000))); });
  clients.emplace_back([&] { statuses[2] = status_of(drip(server.port(), chunked, endless)); });
  clients.clear();
  CHECK(statuses == std::array{400, 400, 400});
  CHECK(server.calls == 0);
}

TEST_CASE("a server stops while bodies are awaited") {
  Server server;
  std::vector<RawClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(Server::head(length_of(1000)) + "0");
  }
  server.server.stop();
  CHECK(server.calls == 0);
}

}  // namespace
}  // namespace dbpool
