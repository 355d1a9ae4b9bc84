#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "support/servers/listening_server.hpp"

namespace dbpool {

/// The body posted to a path.
struct Posted {
  std::string path, body;
};

/// An HTTP server on a free loopback port that accepts every POST, answers 200 and keeps the requests. Its
/// functions may be called from any thread.
class WebhookReceiver {
 public:
  WebhookReceiver() : server_([this](ListeningServer::Client& client) { answer(client); }) {}

  std::uint16_t port() const noexcept { return server_.port(); }
  /// Returns all requests so far, in order.
  std::vector<Posted> posted() const { return *posted_.access(); }

 private:
  void answer(ListeningServer::Client& client);

  Guarded<std::vector<Posted>> posted_;
  ListeningServer server_;
};

}  // namespace dbpool
