#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace dbpool {

/// What a loopback socket does to those who connect.
enum class Hostility {
  refuse,      ///< the port is taken, but nobody listens
  black_hole,  ///< the queue of connections is full, so that the kernel drops what knocks
  silent,      ///< accepts and says nothing
  reset,       ///< accepts, reads a little and resets
  garbage,     ///< answers with what is no protocol
  drip,        ///< answers like PostgreSQL, one byte every 20 ms, for ever
};

/// A server that misbehaves. It has ended, and its connections are closed, when it is destroyed.
class HostileServer {
 public:
  explicit HostileServer(Hostility hostility);
  HostileServer(const HostileServer&) = delete;
  HostileServer& operator=(const HostileServer&) = delete;
  ~HostileServer();

  std::uint16_t port() const noexcept { return port_; }
  /// A libpq connection string that leads here.
  std::string dsn() const;

 private:
  void fill_queue();
  void serve();
  void answer(int client);
  void drip(int client);
  bool stopped(int milliseconds) const;

  Hostility hostility_;
  std::uint16_t port_ = 0;
  int listener_;
  int stop_ = ::eventfd(0, EFD_CLOEXEC);
  std::vector<int> open_;
  std::thread thread_;
};

}  // namespace dbpool
