#include "support/servers/webhook_receiver.hpp"

#include <cstdlib>
#include <optional>
#include <string_view>

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

void WebhookReceiver::answer(ListeningServer::Client& client) {
  std::string text;
  while (const auto part = client.receive()) {
    text += *part;
    const auto request = request_in(text);
    if (!request) continue;
    posted_.access()->push_back(*request);
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return;
  }
}

}  // namespace dbpool
