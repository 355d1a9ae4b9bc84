#include "web/shut_down_sockets.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "web/local_address.hpp"

namespace dbpool {
namespace {

bool is_of(const ListenAddress& end, const ListenAddress& address) {
  return address.path.empty() ? end.port != 0 && end.port == address.port : end.path == address.path;
}

}  // namespace

void shut_down_sockets(const std::vector<ListenAddress>& addresses, int how) {
  std::error_code no_proc;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", no_proc)) {
    const int descriptor = std::stoi(entry.path().filename());
    const auto end = local_address(descriptor);
    const auto is_there = [&](const ListenAddress& address) { return end && is_of(*end, address); };
    if (std::ranges::any_of(addresses, is_there)) ::shutdown(descriptor, how);
  }
}

}  // namespace dbpool
