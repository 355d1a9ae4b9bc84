#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "support/servers/listening_server.hpp"

namespace dbpool {

/// The bytes that a scripted server sends.
struct ScriptedAnswer {
  std::string bytes;
  bool drips = false;     ///< sends a byte every 20 ms and starts over at the end, without end
  bool hangs_up = false;  ///< closes the connection afterwards
};

/// Returns an answer with the document and its length; the connection stays open.
ScriptedAnswer http_answer(const std::string& status, const std::string& body,
                           const std::string& headers = "");

/// A real HTTP server on a loopback port with answers from the test. It keeps connections open. Its
/// destructor ends it.
class ScriptedHttpServer {
 public:
  /// Called with the head of each request, on a thread of the server; one call at a time.
  using Script = std::function<ScriptedAnswer(const std::string& request)>;

  explicit ScriptedHttpServer(Script script);

  std::string url(const std::string& path = "/") const;
  std::uint16_t port() const noexcept { return server_.port(); }
  std::vector<std::string> requests() const { return asked_.access()->requests; }
  std::size_t connections() const { return asked_.access()->connections; }

 private:
  struct Asked {
    Script script;
    std::vector<std::string> requests = {};
    std::size_t connections = 0;
  };

  void talk(ListeningServer::Client& client);
  ScriptedAnswer answer_to(const std::string& request);

  Guarded<Asked> asked_;
  ListeningServer server_;
};

}  // namespace dbpool
