#include "web/own_request.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace dbpool {
namespace {

/// Returns a socket that connects to the address.
template <typename Address>
Descriptor connecting(const Address& address, socklen_t size) {
  const auto* const to = reinterpret_cast<const sockaddr*>(&address);
  Descriptor socket(::socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  static_cast<void>(::connect(socket.get(), to, size));  // ends later
  return socket;
}

Descriptor connecting_to_path(const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::ranges::copy_n(path.begin(), static_cast<std::ptrdiff_t>(std::min(path.size(), sizeof to.sun_path)),
                      std::begin(to.sun_path));
  const bool is_abstract = path.front() == '@';
  if (is_abstract) to.sun_path[0] = '\0';
  const auto size = offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract ? 0U : 1U);
  return connecting(to, static_cast<socklen_t>(std::min(size, sizeof to)));
}

/// Connects by loopback where the server listens on every interface, or on a name.
Descriptor connecting_to(const ListenAddress& address) {
  if (!address.path.empty()) return connecting_to_path(address.path);
  if (address.host.find(':') != std::string::npos) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(address.port);
    ::inet_pton(AF_INET6, address.host.c_str(), &to.sin6_addr);
    if (IN6_IS_ADDR_UNSPECIFIED(&to.sin6_addr)) to.sin6_addr = in6addr_loopback;
    return connecting(to, sizeof to);
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address.port);
  const bool is_numeric = ::inet_pton(AF_INET, address.host.c_str(), &to.sin_addr) == 1;
  if (!is_numeric || to.sin_addr.s_addr == htonl(INADDR_ANY)) to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connecting(to, sizeof to);
}

}  // namespace

OwnRequest::OwnRequest(const ListenAddress& address) : socket_(connecting_to(address)) {
  // A connection to this machine is made at once, unless the server's queue is full.
  constexpr std::string_view request = "GET /-/healthy HTTP/1.0\r\nHost: localhost\r\n\r\n";
  const auto sent = ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  is_sent_ = sent == static_cast<ssize_t>(request.size());
}

bool OwnRequest::is_answered() const {
  if (!is_sent_) return false;
  char first = 0;
  const auto received = ::recv(socket_.get(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  return received >= 0 || errno == ECONNRESET;
}

}  // namespace dbpool
