#include "support/servers/hostile_server.hpp"

#include <string_view>

#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

using namespace std::string_view_literals;
using Client = ListeningServer::Client;

/// Returns connections that fill the queue of a port that listens with a backlog of 0.
std::vector<int> fill_queue(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  std::vector<int> sockets;
  for (int i = 0; i < 4; ++i) {
    sockets.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(sockets.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  return sockets;
}

/// Sends AuthenticationOk, then one ParameterStatus a=b after another; ReadyForQuery never comes.
void drip(Client& client) {
  bool alive = client.drip("R\0\0\0\x08\0\0\0\0"sv);
  while (alive) {
    alive = client.drip(
        "S\0\0\0\x08"
        "a\0b\0"sv);
  }
}

void reset(Client& client) {
  client.receive();
  client.reset_on_close();
}

void send_garbage(Client& client) {
  client.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  client.await_stop();
}

ListeningServer::Conversation conversation_of(Hostility hostility) {
  switch (hostility) {
    case Hostility::reset:
      return reset;
    case Hostility::garbage:
      return send_garbage;
    case Hostility::drip:
      return drip;
    default:
      return [](Client& client) { client.await_stop(); };
  }
}

}  // namespace

HostileServer::HostileServer(Hostility hostility) {
  if (hostility != Hostility::refuse && hostility != Hostility::black_hole) {
    port_ = listening_.emplace(conversation_of(hostility)).port();
    return;
  }
  sockets_.push_back(bound_socket(port_));
  if (hostility == Hostility::refuse) return;
  ::listen(sockets_.back(), 0);
  for (const int fd : fill_queue(port_)) sockets_.push_back(fd);
}

HostileServer::~HostileServer() {
  for (const int fd : sockets_) ::close(fd);
}

std::string HostileServer::dsn() const {
  return "host=127.0.0.1 port=" + std::to_string(port_) +
         " user=bob dbname=app password=hunter2secret sslmode=disable";
}

}  // namespace dbpool
