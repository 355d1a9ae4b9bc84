#include "web/shut_down_sockets.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

namespace dbpool {
namespace {

/// Returns the local port of an IPv4 socket; nullopt for any other descriptor.
std::optional<std::uint16_t> local_port(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  if (address.sin_family != AF_INET) return std::nullopt;
  return ntohs(address.sin_port);
}

}  // namespace

void shut_down_sockets(const std::vector<ListenAddress>& addresses, int how) {
  std::error_code no_proc;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", no_proc)) {
    const int descriptor = std::stoi(entry.path().filename());
    const auto port = local_port(descriptor);
    const auto is_there = [&](const ListenAddress& address) { return address.port == port; };
    if (std::any_of(addresses.begin(), addresses.end(), is_there)) ::shutdown(descriptor, how);
  }
}

}  // namespace dbpool
