#include "support/servers/webhook_receiver.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

/// Returns the request in `text`; nullopt while it is incomplete.
std::optional<Posted> request_in(const std::string& text) {
  const auto end = text.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const std::string_view name = "\r\nContent-Length: ";  // as Go writes it
  const auto length = text.find(name);
  const std::size_t size =
      length < end ? std::strtoul(text.c_str() + length + name.size(), nullptr, 10) : std::size_t{0};
  if (text.size() - end - 4 < size) return std::nullopt;
  const auto path = text.find(' ') + 1;
  return Posted{text.substr(path, text.find(' ', path) - path), text.substr(end + 4, size)};
}

}  // namespace

WebhookReceiver::WebhookReceiver() : listener_(bound_socket(port_)) {
  ::listen(listener_, 16);
  thread_ = std::thread([this] { serve(); });
}

WebhookReceiver::~WebhookReceiver() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

std::vector<Posted> WebhookReceiver::posted() const {
  const std::lock_guard lock(mutex_);
  return posted_;
}

void WebhookReceiver::serve() {
  for (;;) {
    std::array<pollfd, 2> ready{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    ::poll(ready.data(), ready.size(), -1);
    if (ready[1].revents != 0) return;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    answer(client);
    ::close(client);
  }
}

void WebhookReceiver::answer(int client) {
  const timeval patience{5, 0};
  ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string text;
  std::array<char, 65536> part{};
  for (ssize_t n = 0; (n = ::recv(client, part.data(), part.size(), 0)) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(n));
    const auto request = request_in(text);
    if (!request) continue;
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(*request);
    }
    const std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    ::send(client, ok.data(), ok.size(), MSG_NOSIGNAL);
    return;
  }
}

}  // namespace dbpool
