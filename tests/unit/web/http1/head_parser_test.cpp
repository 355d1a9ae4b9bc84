#include "web/http1/head_parser.hpp"

#include <doctest/doctest.h>

namespace dbpool {
namespace {

using Result = std::variant<Request, Response>;

std::optional<Result> parse(std::string_view head) {
  HeadParser parser;
  return parser.feed(head);
}

/// Returns the status of the refusal; 0 = a request, -1 = the head goes on.
int refusal_of(std::string_view head) {
  const auto result = parse(head);
  if (!result) return -1;
  const auto* const refusal = std::get_if<Response>(&*result);
  return refusal == nullptr ? 0 : refusal->status;
}

std::string with_header(const std::string& line) {
  return "POST / HTTP/1.1\r\n" + line + "\r\n\r\n";
}

TEST_CASE("a head becomes a request, and what follows it is left") {
  HeadParser parser;
  CHECK_FALSE(parser.has_begun());
  std::string_view bytes =
      "POST /v1/metrics?a=%20&b HTTP/1.1\r\nHost: a:1\r\nX-Blank:\t two  words \r\nX-None:\r\n\r\nbody";
  const auto result = parser.feed(bytes);
  REQUIRE(result.has_value());
  const auto& request = std::get<Request>(*result);
  CHECK(request.method == "POST");
  CHECK(request.path == "/v1/metrics");
  CHECK(request.query == "a=%20&b");
  CHECK(request.version == "1.1");
  REQUIRE(request.headers.size() == 3);
  CHECK(request.header("host") == "a:1");
  CHECK(request.header("x-blank") == "two  words");
  CHECK(request.header("x-none") == "");
  CHECK(bytes == "body");
  CHECK(std::get<Request>(*parse("GET /a HTTP/1.0\r\n\r\n")).version == "1.0");
}

TEST_CASE("a head may arrive byte by byte") {
  HeadParser parser;
  const std::string head = with_header("Host: a");
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::string_view byte = std::string_view(head).substr(i, 1);
    const auto result = parser.feed(byte);
    CHECK(parser.has_begun());
    CHECK(result.has_value() == (i + 1 == head.size()));
  }
}

TEST_CASE("a first line that is none is refused") {
  for (const char* line :
       {"", "GET", "GET /", "GET HTTP/1.1", "GET / x HTTP/1.1", "GET  HTTP/1.1", " GET / HTTP/1.1",
        "G(T / HTTP/1.1", "GET / HTTP/1.1 ", "GET / http/1.1", "GET a HTTP/1.1", "GET * HTTP/1.1",
        "GET http://a/ HTTP/1.1", "CONNECT a:80 HTTP/1.1", "GET /\xff HTTP/1.1", "GET\t/\tHTTP/1.1"}) {
    CAPTURE(std::string(line));
    CHECK(refusal_of(std::string(line) + "\r\nHost: a\r\n\r\n") == 400);
  }
}

TEST_CASE("another version of HTTP is refused by its name") {
  for (const char* version : {"HTTP/0.9", "HTTP/1.2", "HTTP/1.10", "HTTP/2.0", "HTTP/3", "HTTP/"}) {
    CAPTURE(std::string(version));
    CHECK(refusal_of(std::string("GET / ") + version + "\r\n\r\n") == 505);
  }
}

TEST_CASE("a header that could be read in two ways is refused") {
  for (const char* line : {"no colon", ": no name", "Name : blank before the colon", "A: b\r\n folded",
                           " A: b", "N\xc3\xa4me: a", "A(b): c"}) {
    CAPTURE(std::string(line));
    CHECK(refusal_of(with_header(line)) == 400);
  }
  CHECK(refusal_of(with_header("A: \xc3\xa4")) == 0);
}

TEST_CASE("a character that may not stand in a head ends it at once") {
  CHECK(refusal_of("\x16\x03\x01") == 400);
  CHECK(refusal_of(std::string("GET /\0", 6)) == 400);
  CHECK(refusal_of("GET / HTTP/1.1\n") == 400);
  CHECK(refusal_of("GET / HTTP/1.1\rH") == 400);
  CHECK(refusal_of("GET / HTTP/1.1\r\nA: b\x7f") == 400);
  CHECK(refusal_of("GET / HTTP/1.1\r\nA: b\r") == -1);
}

TEST_CASE("a head may be 8 KiB long") {
  const std::size_t around = with_header("A: ").size();
  CHECK(refusal_of(with_header("A: " + std::string(HeadParser::max_bytes - around, 'a'))) == 0);
  CHECK(refusal_of(with_header("A: " + std::string(HeadParser::max_bytes - around + 1, 'a'))) == 431);
  CHECK(refusal_of(std::string(HeadParser::max_bytes, 'A')) == 431);
  CHECK(refusal_of(std::string(HeadParser::max_bytes - 1, 'A')) == -1);
}

}  // namespace
}  // namespace dbpool
