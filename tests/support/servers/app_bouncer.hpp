#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/servers/pgbouncer_server.hpp"
#include "support/servers/postgres_server.hpp"

namespace dbpool {

/// A PostgreSQL with the roles alice and bob, behind a PgBouncer that offers it as the database `app`.
struct AppBouncer {
  /// `keys`: of the database's entry, such as `user=alice pool_size=2`. `settings`: of PgBouncer.
  explicit AppBouncer(const std::string& keys = "", std::vector<std::string> settings = {})
      : pooler({.databases = entry(keys), .settings = std::move(settings)}) {}

  PostgresServer server;
  PgBouncerServer pooler;

 private:
  std::string entry(const std::string& keys) const {
    server.query("CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN");  // before any client logs in as them
    return "app = host=127.0.0.1 port=" + std::to_string(server.port()) + " dbname=postgres " + keys;
  }
};

}  // namespace dbpool
