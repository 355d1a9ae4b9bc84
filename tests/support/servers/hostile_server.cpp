#include "support/servers/hostile_server.hpp"

#include <poll.h>

#include <string_view>

#include "support/servers/free_port.hpp"

namespace dbpool {

HostileServer::HostileServer(Hostility hostility) : hostility_(hostility), listener_(bound_socket(port_)) {
  if (hostility_ == Hostility::refuse) return;
  ::listen(listener_, hostility_ == Hostility::black_hole ? 0 : 64);
  if (hostility_ == Hostility::black_hole) {
    fill_queue();
  } else {
    thread_ = std::thread([this] { serve(); });
  }
}

HostileServer::~HostileServer() {
  ::eventfd_write(stop_, 1);
  if (thread_.joinable()) thread_.join();
  for (const int fd : open_) ::close(fd);
  ::close(listener_);
  ::close(stop_);
}

std::string HostileServer::dsn() const {
  return "host=127.0.0.1 port=" + std::to_string(port_) +
         " user=bob dbname=app password=hunter2secret sslmode=disable";
}

void HostileServer::fill_queue() {
  const sockaddr_in address = loopback(port_);
  for (int i = 0; i < 4; ++i) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    open_.push_back(fd);
  }
}

void HostileServer::serve() {
  pollfd waiting[] = {{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};
  while (::poll(waiting, 2, -1) > 0 && waiting[0].revents == 0) {
    open_.push_back(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    answer(open_.back());
  }
}

void HostileServer::answer(int client) {
  static constexpr std::string_view garbage = "HTTP/1.1 400 Bad Request\r\n\r\n";
  if (hostility_ == Hostility::garbage) ::send(client, garbage.data(), garbage.size(), MSG_NOSIGNAL);
  if (hostility_ == Hostility::drip) drip(client);
  if (hostility_ != Hostility::reset) return;
  char first = 0;
  pollfd waiting{client, POLLIN, 0};
  ::poll(&waiting, 1, 1000);
  ::recv(client, &first, 1, 0);
  const linger at_once{1, 0};
  ::setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(client);
  open_.pop_back();
}

void HostileServer::drip(int client) {
  using namespace std::string_view_literals;
  // AuthenticationOk, then one ParameterStatus a=b after another; ReadyForQuery never comes.
  const std::string_view greeting = "R\0\0\0\x08\0\0\0\0"sv;
  const std::string_view parameter =
      "S\0\0\0\x08"
      "a\0b\0"sv;
  for (std::string_view text = greeting;; text = parameter) {
    for (const char byte : text) {
      if (stopped(20) || ::send(client, &byte, 1, MSG_NOSIGNAL) != 1) return;
    }
  }
}

bool HostileServer::stopped(int milliseconds) const {
  pollfd waiting{stop_, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

}  // namespace dbpool
