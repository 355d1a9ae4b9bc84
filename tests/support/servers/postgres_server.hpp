#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dbpool {

/// A real PostgreSQL on a free loopback port, with its own database directory and without fsync. It runs when
/// the constructor returns; the destructor removes it and its directory. As root it runs as the user
/// postgres. One thread at a time; the server dies with the thread that starts it. The first server in a
/// process runs initdb, the others copy the result. Every failure throws std::runtime_error: a machine
/// without PostgreSQL fails its tests.
class PostgresServer {
 public:
  enum class Auth { trust, scram };  ///< of TCP connections; the socket always trusts

  static constexpr const char* password = "s3cret-of-postgres";  ///< of the superuser `postgres`

  /// `settings`: such as "max_connections=10".
  explicit PostgresServer(Auth auth = Auth::trust, std::vector<std::string> settings = {});
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer();

  std::uint16_t port() const noexcept { return port_; }
  /// Returns a connection string over TCP as `postgres`, without a password.
  std::string dsn() const;
  /// Returns the same with the right password.
  std::string dsn_with_password() const;
  /// Runs a statement as the superuser over the socket. Returns the first value of the result; "" for NULL or
  /// no row.
  std::string query(const std::string& sql) const;

  /// Starts it on the same port and waits until it accepts connections. REQUIRES: it is not running.
  void start();
  /// Stops it: sessions end, data stays ("fast").
  void stop();
  /// Kills the postmaster as the OOM killer would, and waits until its children have ended.
  void kill();
  /// Stops the postmaster and every child with SIGSTOP: connections stay open without an answer.
  void freeze();
  /// Continues them.
  void thaw();
  /// Ends every session without notice and restarts at once ("immediate").
  void restart();
  /// Starts it as a standby without a primary: until `promote` it stays in recovery and rejects every client
  /// because it is starting up (SQLSTATE 57P03). REQUIRES: it is not running.
  void start_in_recovery();
  /// Ends the recovery and waits until it accepts connections.
  void promote();
  /// Returns the process ids of the postmaster and its children.
  std::vector<pid_t> processes() const;

 private:
  void configure(Auth auth, const std::vector<std::string>& settings);
  bool accepts() const;
  void launch();

  std::filesystem::path directory_;
  std::uint16_t port_;
  pid_t postmaster_ = 0;
};

}  // namespace dbpool
