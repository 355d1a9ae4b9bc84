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

TEST_CASE("a web address is also one of IPv6 or the path of a Unix socket") {
  CHECK(parse_web_address("127.0.0.1:80") == ListenAddress{"127.0.0.1", 80});
  CHECK(parse_web_address("[::1]:80") == ListenAddress{"::1", 80});
  CHECK(parse_web_address("unix:/run/web.sock") == ListenAddress{"", 0, "/run/web.sock"});
  const std::string too_long = "unix:/" + std::string(107, 'a');
  for (const std::string& text :
       {std::string("[::1]"), std::string("::1:80"), std::string("[127.0.0.1]:80"), std::string("[::g]:80"),
        std::string("[::1]:65536"), std::string("unix:"), std::string("unix:web.sock"), too_long}) {
    CAPTURE(text);
    CHECK(parse_web_address(text) == std::nullopt);
  }
}

TEST_CASE("a numeric host needs no look-up") {
  for (const char* host : {"", "localhost", "127.0.0.1", "::1"}) CHECK(is_numeric_host(host));
  CHECK_FALSE(is_numeric_host("example.org"));
}

}  // namespace
}  // namespace dbpool
