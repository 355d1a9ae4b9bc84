#include "web/shut_down_sockets.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>

namespace dbpool {
namespace {

/// The local end of a socket; neither a port nor a path = of any other descriptor.
struct LocalEnd {
  in_port_t port = 0;  // in network order
  std::string path = {};
};

LocalEnd local_end(int descriptor) {
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un path;
  } address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, &address.any, &size) != 0) return {};
  if (address.any.sa_family == AF_INET) return {address.v4.sin_port};
  if (address.any.sa_family == AF_INET6) return {address.v6.sin6_port};
  if (address.any.sa_family != AF_UNIX || size <= offsetof(sockaddr_un, sun_path)) return {};
  return {0, std::string(std::begin(address.path.sun_path))};
}

bool is_of(const LocalEnd& end, const ListenAddress& address) {
  return address.path.empty() ? end.port != 0 && end.port == htons(address.port) : end.path == address.path;
}

}  // namespace

void shut_down_sockets(const std::vector<ListenAddress>& addresses, int how) {
  std::error_code no_proc;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", no_proc)) {
    const int descriptor = std::stoi(entry.path().filename());
    const LocalEnd end = local_end(descriptor);
    const auto is_there = [&](const ListenAddress& address) { return is_of(end, address); };
    if (std::any_of(addresses.begin(), addresses.end(), is_there)) ::shutdown(descriptor, how);
  }
}

}  // namespace dbpool
