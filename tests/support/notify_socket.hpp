#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "sync/descriptor.hpp"

namespace dbpool {

/// A socket that receives what a service reports to systemd. One thread at a time.
class NotifySocket {
 public:
  /// `name`: a path, or @name of an abstract socket, as in NOTIFY_SOCKET. throws std::system_error.
  explicit NotifySocket(std::string name)
      : name_(std::move(name)), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::ranges::copy(name_, std::begin(at.sun_path));
    if (name_.front() == '@') at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&at), size) != 0)
      throw std::system_error(errno, std::generic_category(), name_);
  }

  const std::string& name() const noexcept { return name_; }

  /// Returns all reports so far, in their order.
  const std::vector<std::string>& received() {
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (size < 0) return received_;
      received_.emplace_back(buffer.data(), static_cast<std::size_t>(size));
    }
  }

  bool has(const std::string& report) { return std::ranges::count(received(), report) > 0; }

 private:
  std::string name_;
  Descriptor socket_;
  std::vector<std::string> received_;
};

}  // namespace dbpool
