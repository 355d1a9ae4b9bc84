#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dbpool::test {

/// A client socket on the loopback interface, for requests that a correct HTTP client would not send.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : RawClient() { REQUIRE(connect(port)); }
  RawClient(RawClient&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() {
    if (socket_ >= 0) ::close(socket_);
  }

  /// Returns whether the port accepts connections.
  static bool can_connect(std::uint16_t port) { return RawClient().connect(port); }

  void send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Sends no more. The server can still answer.
  void end() const { ::shutdown(socket_, SHUT_WR); }

  /// Reads what the server sends next.
  std::string receive_some() const {
    std::array<char, 16384> part{};
    const ssize_t n = ::recv(socket_, part.data(), part.size(), 0);
    return {part.data(), static_cast<std::size_t>(n > 0 ? n : 0)};
  }

  /// Reads until the server closes the connection.
  std::string receive() const {
    std::string text;
    std::array<char, 16384> part{};
    for (ssize_t n; (n = ::recv(socket_, part.data(), part.size(), 0)) > 0;) {
      text.append(part.data(), static_cast<std::size_t>(n));
    }
    return text;
  }

 private:
  RawClient() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

  bool connect(std::uint16_t port) const {
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  int socket_;
};

/// Sends `request` unchanged and returns the whole answer.
inline std::string exchange(std::uint16_t port, std::string_view request) {
  const RawClient client(port);
  client.send(request);
  return client.receive();
}

inline int status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

inline std::string head_of(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n\r\n"));
}
inline std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

}  // namespace dbpool::test
