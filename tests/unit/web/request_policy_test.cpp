#include "web/request_policy.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace dbpool {
namespace {

int verdict(std::vector<Header> headers, const char* version = "1.1") {
  const auto refusal = refuse({"GET", "/", "", version, std::move(headers), ""});
  return refusal ? refusal->status : 200;
}

/// Returns the status of a request with these headers, where `limit` bytes of a body are accepted.
int body_verdict(std::vector<Header> headers, std::size_t limit) {
  const auto refusal = refuse_body({"POST", "/", "", "1.1", std::move(headers), ""}, limit);
  return refusal ? refusal->status : 200;
}

TEST_CASE("HTTP/1.1 needs exactly one Host, HTTP/1.0 at most one") {
  CHECK(verdict({{"Host", "a"}}) == 200);
  CHECK(verdict({{"hOST", "a"}}) == 200);
  CHECK(verdict({}) == 400);
  CHECK(verdict({{"Host", "a"}, {"host", "a"}}) == 400);
  CHECK(verdict({}, "1.0") == 200);
  CHECK(verdict({{"Host", "a"}, {"Host", "b"}}, "1.0") == 400);
}

TEST_CASE("a Host has the characters of a host and a port") {
  for (const char* host : {"", "db.example:10127", "127.0.0.1", "[::1]:80", "a_b-c~d", "a%41", "fe80%eth0"}) {
    CAPTURE(host);
    CHECK(verdict({{"Host", host}}) == 200);
  }
  for (const char* host :
       {"a b", "a/b", "user@a", "a?b", "a#b", "<a>", "${jndi:x}", "a\tb", "\xff", "a\"b"}) {
    CAPTURE(host);
    CHECK(verdict({{"Host", host}}) == 400);
    CHECK(verdict({{"Host", host}}, "1.0") == 400);
  }
}

TEST_CASE("where no body is accepted, any but an empty one is refused") {
  for (const char* length : {"0", "00"}) CHECK(body_verdict({{"Content-Length", length}}, 0) == 200);
  CHECK(body_verdict({}, 0) == 200);
  for (const char* length : {"1", "", "five", "-1", "99999999999999999999999"}) {
    CAPTURE(length);
    CHECK(body_verdict({{"Content-Length", length}}, 0) == 413);
  }
  for (const char* coding : {"chunked", "identity", ""}) {
    CAPTURE(coding);
    CHECK(body_verdict({{"Transfer-Encoding", coding}}, 0) == 413);
  }
}

TEST_CASE("where a body is accepted, its announced length is compared with the limit") {
  for (const char* length : {"0", "1", "10", "0010"}) {
    CAPTURE(length);
    CHECK(body_verdict({{"content-length", length}}, 10) == 200);
  }
  for (const char* length : {"11", "99999999999999999999999"}) {
    CAPTURE(length);
    CHECK(body_verdict({{"Content-Length", length}}, 10) == 413);
  }
  for (const char* length : {"", "five", "-1", "+1", "0x5", "1 ", "0, 5"}) {
    CAPTURE(length);
    CHECK(body_verdict({{"Content-Length", length}}, 10) == 400);
  }
}

TEST_CASE("the only transfer encoding of a body is chunked") {
  CHECK(body_verdict({{"Transfer-Encoding", "Chunked"}}, 10) == 200);
  for (const char* coding : {"", "identity", "gzip", "gzip, chunked", "chunked, chunked"}) {
    CAPTURE(coding);
    CHECK(body_verdict({{"Transfer-Encoding", coding}}, 10) == 400);
  }
}

TEST_CASE("the refusal of a body that is too large names the limit") {
  CHECK(too_large(65536).body.find("the body is too large; allowed here: 65536 bytes") != std::string::npos);
}

TEST_CASE("lengths that may contradict each other are refused") {
  CHECK(verdict({{"Host", "a"}, {"Content-Length", "0"}, {"Content-Length", "0"}}) == 400);
  CHECK(verdict({{"Host", "a"}, {"content-length", "0"}, {"Transfer-Encoding", "chunked"}}) == 400);
}

TEST_CASE("more headers than the server can count are refused, whatever they hold") {
  std::vector<Header> headers(max_headers - 1, Header{"X", "y"});
  headers.push_back({"Host", "a"});
  CHECK(verdict(headers) == 200);
  headers.push_back({"X", "y"});
  CHECK(verdict(headers) == 431);
}

TEST_CASE("a request with an Origin comes from a page, whatever that is") {
  const auto is_one = [](std::vector<Header> headers) {
    return is_from_a_page({"POST", "/", "", "1.1", std::move(headers), ""});
  };
  CHECK_FALSE(is_one({{"Host", "a"}}));
  CHECK(is_one({{"Host", "a"}, {"oRIGIN", "http://a"}}));
  CHECK(is_one({{"Host", "a"}, {"Origin", ""}}));
}

}  // namespace
}  // namespace dbpool
