#include "support/servers/scripted_http_server.hpp"

#include <poll.h>

#include <array>
#include <string_view>

#include "support/servers/free_port.hpp"

namespace dbpool {

ScriptedAnswer http_answer(const std::string& status, const std::string& body, const std::string& headers) {
  return {"HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body};
}

ScriptedHttpServer::ScriptedHttpServer(Script script)
    : script_(std::move(script)), listener_(bound_socket(port_)) {
  ::listen(listener_, 64);
  thread_ = std::thread([this] { serve(); });
}

ScriptedHttpServer::~ScriptedHttpServer() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

std::string ScriptedHttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void ScriptedHttpServer::serve() {
  std::vector<Client> clients;
  while (true) {
    std::vector<pollfd> waiting{{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Client& client : clients) waiting.push_back({client.fd, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), -1) <= 0 || waiting[0].revents != 0) break;
    std::vector<Client> staying;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (waiting[i + 2].revents == 0 || serve_client(clients[i])) {
        staying.push_back(std::move(clients[i]));
      } else {
        ::close(clients[i].fd);
      }
    }
    clients = std::move(staying);
    if (waiting[1].revents == 0) continue;
    clients.push_back({::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), ""});
    ++*accepted_.access();
  }
  for (const Client& client : clients) ::close(client.fd);
}

bool ScriptedHttpServer::serve_client(Client& client) {
  std::array<char, 4096> bytes{};
  const ssize_t count = ::recv(client.fd, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  client.head.append(bytes.data(), static_cast<std::size_t>(count));
  if (client.head.find("\r\n\r\n") == std::string::npos) return true;
  requests_.access()->push_back(client.head);
  const ScriptedAnswer answer = script_(client.head);
  client.head.clear();
  return send(client.fd, answer) && !answer.hangs_up;
}

bool ScriptedHttpServer::send(int fd, const ScriptedAnswer& answer) const {
  while (answer.drips) {
    for (const char byte : answer.bytes) {
      if (stopped(20) || ::send(fd, &byte, 1, MSG_NOSIGNAL) != 1) return false;
    }
  }
  for (std::string_view left = answer.bytes; !left.empty();) {
    const ssize_t sent = ::send(fd, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool ScriptedHttpServer::stopped(int milliseconds) const {
  pollfd waiting{stop_, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

}  // namespace dbpool
