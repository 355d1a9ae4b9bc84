#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace dbpool {

/// Builds messages of PostgreSQL's protocol as a server sends them.
namespace wire {

using Fields = std::vector<std::optional<std::string>>;  ///< nullopt is NULL

std::string columns(const std::vector<std::string>& names);
std::string row(const Fields& fields);
std::string notice(const std::string& text);
/// Returns the end of a result and of the answer.
std::string done();
/// Returns an error and the end of the answer.
std::string refusal(const std::string& text);

}  // namespace wire

/// A loopback server that accepts every login and answers each scripted statement with the test's bytes,
/// which no real server would send. It refuses any other statement as PgBouncer does. One client at a time.
/// Its destructor ends it.
class ScriptedPostgres {
 public:
  using Script = std::map<std::string, std::string>;  ///< bytes by statement

  explicit ScriptedPostgres(Script script);
  ScriptedPostgres(const ScriptedPostgres&) = delete;
  ScriptedPostgres& operator=(const ScriptedPostgres&) = delete;
  ~ScriptedPostgres();

  std::string dsn() const {
    return "host=127.0.0.1 port=" + std::to_string(port_) + " dbname=pgbouncer user=stats sslmode=disable";
  }

 private:
  void serve();
  void talk(int client);
  std::optional<std::string> read_exactly(int client, std::size_t size) const;

  const Script script_;
  std::uint16_t port_ = 0;
  int listener_;
  int stop_ = ::eventfd(0, EFD_CLOEXEC);
  std::thread thread_;
};

}  // namespace dbpool
