#include "web/local_address.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "support/passed_sockets.hpp"

namespace dbpool {

TEST_CASE("the local end of a socket is an address of IPv4 or IPv6, a path, or an abstract name") {
  std::uint16_t port = 0;
  const Descriptor v4 = listening_on_port(port);
  CHECK(local_address(v4.get()) == ListenAddress{"127.0.0.1", port});
  const Descriptor v6(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(local_address(v6.get()) == ListenAddress{"::", 0});
  const auto path = std::filesystem::temp_directory_path() / ("dbpool_address_" + std::to_string(::getpid()));
  const Descriptor unix_socket = listening_on_path(path);
  CHECK(local_address(unix_socket.get()) == ListenAddress{"", 0, path});
  ::unlink(path.c_str());
  const Descriptor none(::dup(0));
  CHECK_FALSE(local_address(none.get()));
  CHECK_FALSE(local_address(-1));
}

}  // namespace dbpool
