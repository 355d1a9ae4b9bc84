#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/servers/listening_server.hpp"

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
/// which no real server would send. It refuses any other statement as PgBouncer does. Its destructor ends it.
class ScriptedPostgres {
 public:
  using Script = std::map<std::string, std::string>;  ///< bytes by statement

  explicit ScriptedPostgres(Script script);

  std::string dsn() const {
    return "host=127.0.0.1 port=" + std::to_string(server_.port()) +
           " dbname=pgbouncer user=stats sslmode=disable";
  }

 private:
  void talk(ListeningServer::Client& client) const;

  const Script script_;
  ListeningServer server_;
};

}  // namespace dbpool
