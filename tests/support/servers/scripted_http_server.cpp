#include "support/servers/scripted_http_server.hpp"

#include <utility>

namespace dbpool {
namespace {

/// Returns whether the connection is still open after the answer.
bool send(ListeningServer::Client& client, const ScriptedAnswer& answer) {
  while (answer.drips) {
    if (!client.drip(answer.bytes)) return false;
  }
  return client.send(answer.bytes) && !answer.hangs_up;
}

}  // namespace

ScriptedAnswer http_answer(const std::string& status, const std::string& body, const std::string& headers) {
  return {"HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body};
}

ScriptedHttpServer::ScriptedHttpServer(Script script)
    : asked_(Asked{std::move(script)}), server_([this](ListeningServer::Client& client) { talk(client); }) {}

std::string ScriptedHttpServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + path;
}

void ScriptedHttpServer::talk(ListeningServer::Client& client) {
  ++asked_.access()->connections;
  std::string head;
  while (const auto part = client.receive()) {
    head += *part;
    if (head.find("\r\n\r\n") == std::string::npos) continue;
    if (!send(client, answer_to(std::exchange(head, {})))) return;
  }
}

ScriptedAnswer ScriptedHttpServer::answer_to(const std::string& request) {
  const auto asked = asked_.access();
  asked->requests.push_back(request);
  return asked->script(request);
}

}  // namespace dbpool
