#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

#include "sync/descriptor.hpp"

namespace dbpool::test {

/// Sends datagrams, as an application does. Waits while the receiver has no room on a path.
class DatagramSender {
 public:
  /// Sends to a path.
  explicit DatagramSender(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    to_.path.sun_family = AF_UNIX;
    std::ranges::copy(path, static_cast<char*>(to_.path.sun_path));
    size_ = sizeof to_.path;
    const timeval longest{.tv_sec = 10, .tv_usec = 0};  // so that a test ends if no process receives
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
  }
  /// Sends to a UDP port of 127.0.0.1.
  explicit DatagramSender(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    to_.v4.sin_family = AF_INET;
    to_.v4.sin_port = htons(port);
    to_.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    size_ = sizeof to_.v4;
  }

  /// Returns 0, or the error of the system.
  int send(std::string_view datagram) const {
    return ::sendto(socket_.get(), datagram.data(), datagram.size(), 0, &to_.any, size_) < 0 ? errno : 0;
  }
  int descriptor() const noexcept { return socket_.get(); }
  const sockaddr* to() const noexcept { return &to_.any; }
  socklen_t size() const noexcept { return size_; }

 private:
  union {
    sockaddr any;
    sockaddr_un path;
    sockaddr_in v4;
  } to_{};
  socklen_t size_ = 0;
  Descriptor socket_;
};

}  // namespace dbpool::test
