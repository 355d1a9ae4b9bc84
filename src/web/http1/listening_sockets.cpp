#include "web/http1/listening_sockets.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cctype>
#include <cerrno>
#include <optional>
#include <system_error>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

constexpr int backlog = 200;

/// An address of either family, as the system takes it.
union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;

  socklen_t size() const { return any.sa_family == AF_INET ? sizeof v4 : sizeof v6; }
  in_port_t& port() { return any.sa_family == AF_INET ? v4.sin_port : v6.sin6_port; }
};

std::optional<SocketAddress> address_of(const std::string& host) {
  SocketAddress address{};
  address.v4.sin_family = AF_INET;
  if (host.empty() || ::inet_pton(AF_INET, host.c_str(), &address.v4.sin_addr) == 1) return address;
  address = {};
  address.v6.sin6_family = AF_INET6;
  if (::inet_pton(AF_INET6, host.c_str(), &address.v6.sin6_addr) == 1) return address;
  return std::nullopt;
}

/// Throws the reason why the last system call has failed.
[[noreturn]] void fail(const ListenAddress& address) {
  const int reason = errno;
  std::string words = std::generic_category().message(reason);
  if (!words.empty()) words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
  throw Error(fmt::format("listen on {}: {}{}", text_of(address), words,
                          reason == EADDRINUSE ? "; is a collector running there?" : ""));
}

/// Opens one socket; an empty one if the system has not the address or its family. `address` gets the port.
Descriptor opened(SocketAddress at, ListenAddress& address) {
  Descriptor socket(::socket(at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0 && errno == EAFNOSUPPORT) return socket;
  if (socket.get() < 0) fail(address);
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  at.port() = htons(address.port);
  if (::bind(socket.get(), &at.any, at.size()) != 0) {
    if (errno == EADDRNOTAVAIL) return Descriptor();
    fail(address);
  }
  if (::listen(socket.get(), backlog) != 0) fail(address);
  socklen_t size = at.size();
  if (::getsockname(socket.get(), &at.any, &size) != 0) fail(address);
  address.port = ntohs(at.port());
  return socket;
}

}  // namespace

std::vector<Descriptor> listening_sockets(ListenAddress& address) {
  const std::vector<std::string> hosts =
      address.host == "localhost" ? std::vector<std::string>{"127.0.0.1", "::1"} : std::vector{address.host};
  std::vector<Descriptor> sockets;
  for (const std::string& host : hosts) {
    const auto at = address_of(host);
    if (!at) {
      throw Error(
          fmt::format("listen on {}: the host is no address; allowed: an IPv4 or IPv6 address, localhost",
                      text_of(address)));
    }
    Descriptor socket = opened(*at, address);
    if (socket.get() >= 0) sockets.push_back(std::move(socket));
  }
  if (sockets.empty()) {
    errno = EADDRNOTAVAIL;
    fail(address);
  }
  return sockets;
}

std::string text_of(const ListenAddress& address) {
  if (!address.path.empty()) return "unix:" + address.path;
  if (address.host.find(':') != std::string::npos) return fmt::format("[{}]:{}", address.host, address.port);
  return fmt::format("{}:{}", address.host.empty() ? "0.0.0.0" : address.host, address.port);
}

}  // namespace dbpool
