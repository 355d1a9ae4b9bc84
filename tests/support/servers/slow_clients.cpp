#include "support/servers/slow_clients.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>

#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

constexpr auto between_bytes = std::chrono::milliseconds(100);
constexpr int steady_bytes = 16 << 10;

std::string_view beginning(Slowness way) {
  switch (way) {
    case Slowness::silent:
      return "";
    case Slowness::begins_tls:
      return "\x16";
    case Slowness::drips_head:
      return "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Long: ";
    case Slowness::drips_body:
      return "POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";
    case Slowness::drips_push:
      return "POST /v1/metrics HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
             "Content-Length: 1000000\r\n\r\n";
    case Slowness::hardly_reads:
    case Slowness::reads_steadily:
      break;
  }
  return "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
}

/// Sets buffers of `size` bytes and small segments, so that unread bytes stay in the server's buffers.
void make_narrow(int socket, int size) {
  const int segment = 536;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  ::setsockopt(socket, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
}

}  // namespace

SlowClients::SlowClients(std::uint16_t port, int count, std::vector<Slowness> ways) : port_(port) {
  for (int i = 0; i < count; ++i) clients_.push_back({ways[static_cast<std::size_t>(i) % ways.size()]});
  for (Client& client : clients_) connect(client);
  thread_ = std::thread([this] { run(); });
}

SlowClients::~SlowClients() {
  stopping_ = true;
  thread_.join();
  for (const Client& client : clients_) ::close(client.socket);
}

void SlowClients::connect(Client& client) const {
  client.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (client.way == Slowness::hardly_reads) make_narrow(client.socket, 2048);
  if (client.way == Slowness::reads_steadily) make_narrow(client.socket, steady_bytes);
  const sockaddr_in address = loopback(port_);
  // On loopback this completes at once unless the server's backlog is full; then `go_on` sends later.
  ::connect(client.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const std::string_view text = beginning(client.way);
  ::send(client.socket, text.data(), text.size(), MSG_NOSIGNAL);
}

void SlowClients::go_on(Client& client) {
  const bool drips = client.way == Slowness::drips_head || client.way == Slowness::drips_body ||
                     client.way == Slowness::drips_push;
  if (drips) ::send(client.socket, "x", 1, MSG_NOSIGNAL);
  std::array<char, steady_bytes> bytes{};
  const std::size_t size = client.way == Slowness::reads_steadily ? bytes.size() : 1;
  const ssize_t n = ::recv(client.socket, bytes.data(), size, 0);
  if (n > 0 || (n < 0 && (errno == EAGAIN || errno == ENOTCONN))) return;
  ++hung_up_;
  ::close(client.socket);
  connect(client);
}

void SlowClients::run() {
  while (!stopping_) {
    for (Client& client : clients_) go_on(client);
    std::this_thread::sleep_for(between_bytes);
  }
}

}  // namespace dbpool
