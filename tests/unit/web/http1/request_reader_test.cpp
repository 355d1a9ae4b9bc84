#include "web/http1/request_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace dbpool {
namespace {

using Outcome = RequestReader::Outcome;

/// A router whose POST `/in` takes bodies of up to 10 bytes.
Admission admit(Request head) {
  static const auto rules = std::make_shared<const BodyRules>(BodyRules{.limit = 10});
  static const Router router(
      {{{"POST", "GET"}, "/in", [](const Request& r) { return text_response(r.body); }, {}, rules}});
  return router.admit(std::move(head));
}

Response answer_to(Outcome outcome) {
  if (auto* const refusal = std::get_if<Response>(&outcome)) return std::move(*refusal);
  auto& read = std::get<RequestReader::Read>(outcome);
  return read.admitted.answer(std::move(read.body));
}

std::string post(const std::string& headers, const std::string& body = "") {
  return "POST /in HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}

/// Returns the answer to `text`, which the client then ends.
Response ask(const std::string& text) {
  RequestReader reader(admit);
  auto outcome = reader.feed(text);
  if (!outcome) outcome = reader.end();
  REQUIRE(outcome.has_value());
  return answer_to(std::move(*outcome));
}

const std::string chunked = "Transfer-Encoding: chunked\r\n";

TEST_CASE("a request is read with its body, however its bytes are split") {
  for (const std::string& request : {post(""), post("Content-Length: 5\r\n", "hello"),
                                     post(chunked, "2;x\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n\r\n")}) {
    CAPTURE(request);
    const std::string expected = ask(request).body;
    for (std::size_t i = 1; i < request.size(); ++i) {
      RequestReader reader(admit);
      REQUIRE_FALSE(reader.feed(std::string_view(request).substr(0, i)).has_value());
      auto outcome = reader.feed(std::string_view(request).substr(i));
      REQUIRE(outcome.has_value());
      CHECK(answer_to(std::move(*outcome)).body == expected);
    }
  }
}

TEST_CASE("bytes behind a request are no part of it") {
  CHECK(ask(post("Content-Length: 5\r\n", "hello, world")).body == "hello");
  CHECK(ask(post(chunked, "5\r\nhello\r\n0\r\n\r\nmore")).body == "hello");
  CHECK(ask(post("", "hello")).body.empty());
}

TEST_CASE("a request is refused by its head alone") {
  CHECK(ask(post("Content-Length: 11\r\n")).status == 413);
  CHECK(ask("POST /out HTTP/1.1\r\nHost: a\r\n\r\n").status == 404);
  CHECK(ask("PUT /in HTTP/1.1\r\nContent-Length: 5\r\n\r\n").status == 405);
  CHECK(ask("PUT /in HTTP/2\r\n\r\n").status == 505);
}

TEST_CASE("a request that breaks off is refused, and one that has not begun needs no answer") {
  CHECK(ask("POST /in").status == 400);
  CHECK(ask(post("Content-Length: 5\r\n", "hell")).status == 400);
  CHECK(ask(post(chunked, "5\r\nhello\r\n0\r\n")).status == 400);
  CHECK(ask(post(chunked, "x\r\n")).status == 400);
  CHECK(ask(post(chunked, "b\r\n")).status == 413);
  RequestReader silent(admit);
  CHECK_FALSE(silent.feed("").has_value());
  CHECK_FALSE(silent.end().has_value());
}

TEST_CASE("a request whose body comes too slowly is asked to come again") {
  RequestReader reader(admit);
  REQUIRE_FALSE(reader.feed(post("Content-Length: 5\r\n", "hell")).has_value());
  auto outcome = reader.end(BodyEnd::too_slow);
  REQUIRE(outcome.has_value());
  const Response answer = answer_to(std::move(*outcome));
  CHECK(answer.status == 503);
  REQUIRE(answer.headers.size() == 1);
  CHECK(answer.headers[0].name == "Retry-After");
}

TEST_CASE("a request that is slow to admit pauses behind its head, however its bytes are split") {
  int admitted = 0;
  const auto count = [&](Request head) {
    ++admitted;
    return admit(std::move(head));
  };
  const auto has_login = [](const Request& head) { return head.header("Authorization").has_value(); };
  const std::string request = post("Authorization: Basic YQ==\r\nContent-Length: 5\r\n", "hello");
  const std::size_t head_size = request.size() - 5;
  for (std::size_t i = head_size; i <= request.size(); ++i) {
    CAPTURE(i);
    RequestReader reader(count, has_login);
    auto outcome = reader.feed(std::string_view(request).substr(0, i));
    REQUIRE(outcome.has_value());
    REQUIRE(std::holds_alternative<RequestReader::Unadmitted>(*outcome));
    CHECK_FALSE(reader.has_head());
    CHECK(std::exchange(admitted, 0) == 0);
    outcome = reader.admit_now();
    CHECK(std::exchange(admitted, 0) == 1);
    CHECK(outcome.has_value() == (i == request.size()));
    if (!outcome) outcome = reader.feed(std::string_view(request).substr(i));
    REQUIRE(outcome.has_value());
    CHECK(answer_to(std::move(*outcome)).body == "hello");
  }
  RequestReader refused(count, has_login);
  REQUIRE(refused.feed("POST /out HTTP/1.1\r\nHost: a\r\nAuthorization: b\r\n\r\n").has_value());
  auto refusal = refused.admit_now();
  REQUIRE(refusal.has_value());
  CHECK(answer_to(std::move(*refusal)).status == 404);
  RequestReader fast(count, has_login);
  CHECK(fast.feed(post("")).has_value());
  CHECK(admitted == 2);
}

TEST_CASE("a client may wait to be asked for its body") {
  const auto waits = [](const std::string& text) {
    RequestReader reader(admit);
    CHECK_FALSE(reader.feed(text).has_value());
    return reader.waits_to_be_asked();
  };
  const std::string expecting = "Expect: 100-Continue\r\nContent-Length: 5\r\n";
  CHECK(waits(post(expecting)));
  CHECK_FALSE(waits(post(expecting, "h")));
  CHECK_FALSE(waits(post("Content-Length: 5\r\n")));
  CHECK_FALSE(waits("POST /in HTTP/1.0\r\n" + expecting + "\r\n"));
  CHECK_FALSE(waits("POST /in HTTP/1.1\r\n"));
}

TEST_CASE("the answer to HEAD has no body, a refusal neither") {
  const auto is_for_head_only = [](const std::string& text) {
    RequestReader reader(admit);
    CHECK(reader.feed(text).has_value());
    return reader.is_for_head_only();
  };
  CHECK(is_for_head_only("HEAD /in HTTP/1.1\r\n\r\n"));
  CHECK(is_for_head_only("HEAD /out HTTP/1.1\r\n\r\n"));
  CHECK_FALSE(is_for_head_only("GET /out HTTP/1.1\r\n\r\n"));
}

}  // namespace
}  // namespace dbpool
