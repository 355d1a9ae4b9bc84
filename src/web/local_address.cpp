#include "web/local_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <iterator>

namespace dbpool {
namespace {

std::string numeric_host(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, address, text.data(), text.size()) == nullptr ? "" : text.data();
}

std::optional<ListenAddress> unix_address(const sockaddr_un& address, socklen_t size) {
  if (size <= offsetof(sockaddr_un, sun_path)) return std::nullopt;
  const char* const path = std::begin(address.sun_path);
  if (*path != '\0') return ListenAddress{"", 0, path};
  return ListenAddress{"", 0, "@" + std::string(path + 1, size - offsetof(sockaddr_un, sun_path) - 1)};
}

}  // namespace

std::optional<ListenAddress> local_address(int descriptor) {
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un path;
  } address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, &address.any, &size) != 0) return std::nullopt;
  switch (address.any.sa_family) {
    case AF_INET:
      return ListenAddress{numeric_host(AF_INET, &address.v4.sin_addr), ntohs(address.v4.sin_port)};
    case AF_INET6:
      return ListenAddress{numeric_host(AF_INET6, &address.v6.sin6_addr), ntohs(address.v6.sin6_port)};
    case AF_UNIX:
      return unix_address(address.path, size);
    default:
      return std::nullopt;
  }
}

}  // namespace dbpool
