#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "dbpool/sync/guarded.hpp"

namespace dbpool {

/// What a scripted server sends, byte for byte.
struct ScriptedAnswer {
  std::string bytes;
  bool drips = false;     ///< one byte every 20 ms, and then again from the first one, for ever
  bool hangs_up = false;  ///< closes the connection afterwards
};

/// A document with its length, on a connection that stays open.
ScriptedAnswer http_answer(const std::string& status, const std::string& body,
                           const std::string& headers = "");

/// A real HTTP server on a loopback port that says what a test tells it to. It serves one request at a time
/// and keeps connections open. It has ended when it is destroyed.
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
