#include "config/listen_address.hpp"

#include <doctest/doctest.h>

namespace dbpool {
namespace {

TEST_CASE("a listen address is a port with or without a host") {
  CHECK(parse_listen_address(":10127") == ListenAddress{"", 10127});
  CHECK(parse_listen_address("127.0.0.1:0") == ListenAddress{"127.0.0.1", 0});
  CHECK(parse_listen_address("0.0.0.0:65535") == ListenAddress{"0.0.0.0", 65535});
  CHECK(parse_listen_address("localhost:80") == ListenAddress{"localhost", 80});
}

TEST_CASE("anything else is no listen address") {
  for (const auto* text : {"", ":", "10127", "localhost", "localhost:", ":65536", ":-1", ":+1", ":80x",
                           ": 80", "256.0.0.1:80", "1.2.3:80", "a b:80", "http://h:80", "h:80/", "u@h:80"}) {
    CAPTURE(text);
    CHECK(parse_listen_address(text) == std::nullopt);
  }
}

TEST_CASE("an IPv6 address is told from a mistake") {
  CHECK(is_ipv6_address("[::1]:80"));
  CHECK(is_ipv6_address("[::]:80"));
  CHECK(is_ipv6_address("::1:80"));
  CHECK_FALSE(is_ipv6_address("127.0.0.1:80"));
  CHECK_FALSE(is_ipv6_address(":80"));
  CHECK_FALSE(is_ipv6_address("http://localhost:80"));
}

}  // namespace
}  // namespace dbpool
