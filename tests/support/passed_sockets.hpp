#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

#include "support/servers/free_port.hpp"
#include "sync/descriptor.hpp"

namespace dbpool {

inline Descriptor listening(int socket) {
  Descriptor listener(socket);
  if (::listen(listener.get(), 16) == 0) return listener;
  throw std::system_error(errno, std::generic_category(), "listen");
}

/// Returns a socket that listens on a free loopback port, as systemd passes one, and sets `port`.
inline Descriptor listening_on_port(std::uint16_t& port) {
  return listening(bound_socket(port));
}

/// The same on a path.
inline Descriptor listening_on_path(const std::filesystem::path& path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::ranges::copy(path.string(), std::begin(at.sun_path));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return listening(socket);
  throw std::system_error(errno, std::generic_category(), path.string());
}

}  // namespace dbpool
