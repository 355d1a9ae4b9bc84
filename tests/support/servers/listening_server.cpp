#include "support/servers/listening_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <utility>

#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

constexpr int backlog = 64;
constexpr int between_drips_ms = 20;

/// Waits until `fd` is readable. Returns false when `stop` is.
bool wait_readable(int fd, int stop) {
  std::array<pollfd, 2> waits{{{stop, POLLIN, 0}, {fd, POLLIN, 0}}};
  ::poll(waits.data(), waits.size(), -1);
  return waits[0].revents == 0;
}

}  // namespace

ListeningServer::Client::~Client() {
  ::close(fd_);
}

std::optional<std::string> ListeningServer::Client::receive() {
  if (!unread_.empty()) return std::exchange(unread_, {});
  if (!wait_readable(fd_, stop_)) return std::nullopt;
  std::array<char, 65536> part{};
  const ssize_t count = ::recv(fd_, part.data(), part.size(), 0);
  if (count <= 0) return std::nullopt;
  return std::string(part.data(), static_cast<std::size_t>(count));
}

std::optional<std::string> ListeningServer::Client::receive(std::size_t size) {
  std::string text;
  while (text.size() < size) {
    const auto part = receive();
    if (!part) return std::nullopt;
    text += *part;
  }
  unread_ = text.substr(size);
  text.resize(size);
  return text;
}

bool ListeningServer::Client::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool ListeningServer::Client::drip(std::string_view text) {
  for (const char byte : text) {
    pollfd stopped{stop_, POLLIN, 0};
    if (::poll(&stopped, 1, between_drips_ms) > 0 || !send({&byte, 1})) return false;
  }
  return true;
}

void ListeningServer::Client::await_stop() const {
  pollfd stopped{stop_, POLLIN, 0};
  ::poll(&stopped, 1, -1);
}

void ListeningServer::Client::reset_on_close() {
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

ListeningServer::ListeningServer(Conversation conversation)
    : conversation_(std::move(conversation)),
      listener_(bound_socket(port_)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  ::listen(listener_, backlog);
  accepting_ = std::thread([this] { accept_clients(); });
}

ListeningServer::~ListeningServer() {
  ::eventfd_write(stop_, 1);
  accepting_.join();
  for (std::thread& conversation : conversations_) conversation.join();
  ::close(listener_);
  ::close(stop_);
}

void ListeningServer::accept_clients() {
  while (wait_readable(listener_, stop_)) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    conversations_.emplace_back([this, fd] {
      Client client(fd, stop_);
      conversation_(client);
    });
  }
}

}  // namespace dbpool
