#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dbpool {

/// A real PostgreSQL on a free loopback port, with a database directory of its own and without fsync. It runs
/// when the constructor returns and is gone, directory included, after the destructor. As root it runs as the
/// user postgres. One thread at a time; the thread that starts it must outlive it, or the server dies with
/// it. The first one in a process runs initdb, the others copy what came of it. Every failure throws
/// std::runtime_error: a machine without PostgreSQL fails its tests.
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
  /// A connection string over TCP as `postgres`, without a password.
  std::string dsn() const;
  /// The same with the right password.
  std::string dsn_with_password() const;
  /// The first value of the result as the superuser over the socket, "" for NULL and no row.
  std::string query(const std::string& sql) const;

  /// Starts it on the same port and waits until it takes connections. REQUIRES: it does not run.
  void start();
  /// Stops it: sessions end, data stays ("fast").
  void stop();
  /// Kills the postmaster as the OOM killer would, and waits until its children are gone as well.
  void kill();
  /// Stops the postmaster and every child in their tracks: connections stay open and nobody answers.
  void freeze();
  /// Lets them go on.
  void thaw();
  /// Ends every session without a word and starts anew at once ("immediate").
  void restart();
  /// Starts it as a standby without a primary: it stays in recovery and turns every client away because it is
  /// starting up (SQLSTATE 57P03), until `promote`. REQUIRES: it does not run.
  void start_in_recovery();
  /// Ends the recovery and waits until it takes connections.
  void promote();
  /// Process ids of the postmaster and its children now.
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
