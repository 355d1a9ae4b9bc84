#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "dbpool/sync/guarded.hpp"

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

/// A real HTTP server on a loopback port with answers from the test. It serves one request at a time and
/// keeps connections open. Its destructor ends it.
class ScriptedHttpServer {
 public:
  /// Called on the server's thread with the head of each request.
  using Script = std::function<ScriptedAnswer(const std::string& request)>;

  explicit ScriptedHttpServer(Script script);
  ScriptedHttpServer(const ScriptedHttpServer&) = delete;
  ScriptedHttpServer& operator=(const ScriptedHttpServer&) = delete;
  ~ScriptedHttpServer();

  std::string url(const std::string& path = "/") const;
  std::uint16_t port() const noexcept { return port_; }
  std::vector<std::string> requests() const { return *requests_.access(); }
  std::size_t connections() const { return *accepted_.access(); }

 private:
  struct Client {
    int fd;
    std::string head;
  };

  void serve();
  bool serve_client(Client& client);
  bool send(int fd, const ScriptedAnswer& answer) const;
  bool stopped(int milliseconds) const;

  const Script script_;
  std::uint16_t port_ = 0;
  const int listener_;
  const int stop_ = ::eventfd(0, EFD_CLOEXEC);
  Guarded<std::vector<std::string>> requests_;
  Guarded<std::size_t> accepted_{0U};
  std::thread thread_;
};

}  // namespace dbpool
