#include "support/http/http_exchange.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

std::string in_lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Returns whether the answer has all the bytes that its head announces; some servers keep the connection
/// open.
bool is_whole(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string name = "\r\ncontent-length:";
  const std::string head = in_lower_case(answer.substr(0, end));
  const auto length = head.find(name);
  return length != std::string::npos &&
         answer.size() - end - 4 >= std::strtoul(head.c_str() + length + name.size(), nullptr, 10);
}

/// Returns the content of a chunked body.
std::string unchunked(const std::string& body) {
  std::string text;
  for (std::size_t at = 0; at < body.size();) {
    const auto begin = body.find("\r\n", at);
    const auto size = std::strtoul(body.c_str() + at, nullptr, 16);
    if (begin == std::string::npos || size == 0) break;
    text.append(body, begin + 2, size);
    at = begin + 2 + size + 2;
  }
  return text;
}

/// A connected socket with a timeout for its calls. If the port is closed, nothing can be sent.
class ClientSocket {
 public:
  ClientSocket(std::uint16_t port, std::chrono::seconds bound)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{bound.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const sockaddr_in address = loopback(port);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;
  ~ClientSocket() { ::close(socket_); }

  std::string exchange(const std::string& request) const {
    std::string text;
    if (!connected_ || ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) return text;
    std::array<char, 65536> part{};
    for (ssize_t n = 0; !is_whole(text) && (n = ::recv(socket_, part.data(), part.size(), 0)) > 0;) {
      text.append(part.data(), static_cast<std::size_t>(n));
    }
    return text;
  }

 private:
  int socket_;
  bool connected_;
};

}  // namespace

std::optional<std::string> HttpAnswer::header(std::string_view name) const {
  const std::string names = in_lower_case(head);
  const auto found = names.find("\r\n" + std::string(name) + ": ");
  if (found == std::string::npos) return std::nullopt;
  const auto begin = found + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

HttpAnswer http_exchange(std::uint16_t port, std::string_view method, std::string_view path,
                         const HttpDetails& details) {
  std::string request(method);
  request.append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
  if (!details.json.empty()) {
    request.append("Content-Type: application/json\r\nContent-Length: ");
    request.append(std::to_string(details.json.size())).append("\r\n");
  }
  request.append(details.headers).append("\r\n").append(details.json);
  const auto began = std::chrono::steady_clock::now();
  const std::string text = ClientSocket(port, details.patience).exchange(request);
  HttpAnswer answer;
  answer.took = std::chrono::steady_clock::now() - began;
  const auto end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || end == std::string::npos) return answer;
  answer.status = std::atoi(text.c_str() + 9);
  answer.head = text.substr(0, end);
  answer.body = text.substr(end + 4);
  if (answer.header("transfer-encoding") == "chunked") answer.body = unchunked(answer.body);
  return answer;
}

}  // namespace dbpool
