#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dbpool {

/// The start parameters of a PgBouncer, besides its address.
struct PgBouncerSetup {
  std::string databases;                   ///< lines of the section [databases]
  std::vector<std::string> settings = {};  ///< such as "pool_mode=transaction"
};

/// A real PgBouncer on a free loopback port that trusts every user. `stats` may read its console and `admin`
/// may command it. It runs when the constructor returns; the destructor removes it and its directory. As root
/// it runs as the user postgres. One thread at a time; the thread that starts it must outlive it. Every
/// failure throws std::runtime_error.
class PgBouncerServer {
 public:
  explicit PgBouncerServer(const PgBouncerSetup& setup);
  PgBouncerServer(const PgBouncerServer&) = delete;
  PgBouncerServer& operator=(const PgBouncerServer&) = delete;
  ~PgBouncerServer();

  std::uint16_t port() const noexcept { return port_; }
  /// Returns a connection string to one of its databases.
  std::string dsn(const std::string& database, const std::string& user) const;
  /// Returns a connection string to its console, for reading.
  std::string console() const { return dsn("pgbouncer", "stats"); }
  /// Runs a console command, such as PAUSE, and waits until it is done.
  void command(const std::string& text) const;

  /// Starts it on the same port and waits until it listens. REQUIRES: it is not running.
  void start();
  void kill();

 private:
  std::filesystem::path directory_;
  std::uint16_t port_;
  pid_t process_ = 0;
};

}  // namespace dbpool
