#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dbpool {

/// A real Pgpool-II on a free loopback port in front of one PostgreSQL. It runs when the constructor returns;
/// the destructor removes it and its directory. As root it runs as the user postgres. One thread at a time;
/// the thread that starts it must outlive it. Every failure throws std::runtime_error.
class PgpoolServer {
 public:
  /// `backend`: the PostgreSQL's loopback port. `settings`: such as "num_init_children=2".
  PgpoolServer(std::uint16_t backend, const std::vector<std::string>& settings);
  PgpoolServer(const PgpoolServer&) = delete;
  PgpoolServer& operator=(const PgpoolServer&) = delete;
  ~PgpoolServer();

  std::uint16_t port() const noexcept { return port_; }
  /// Returns a connection string to one of its databases.
  std::string dsn(const std::string& database, const std::string& user) const;

  /// Starts it on the same port and waits until it listens. REQUIRES: it is not running.
  void start();
  /// Ends it and its children.
  void stop();

 private:
  std::filesystem::path directory_;
  std::uint16_t port_;
  pid_t process_ = 0;
};

}  // namespace dbpool
