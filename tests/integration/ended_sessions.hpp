#pragma once

#include <string>

#include "support/eventually.hpp"
#include "support/servers/postgres_server.hpp"

namespace dbpool {

/// Selects the other sessions at the server, in a WHERE clause.
inline const std::string other_sessions =
    "backend_type = 'client backend' AND application_name <> 'fixture' AND pid <> pg_backend_pid()";

/// Returns whether all other sessions end in time.
inline bool all_sessions_end(const PostgresServer& server) {
  const std::string count = "SELECT count(*) FROM pg_stat_activity WHERE " + other_sessions;
  return eventually([&] { return server.query(count) == "0"; }, std::chrono::seconds(20));
}

/// Ends every session as an administrator would, and waits until all have ended.
inline void end_sessions(const PostgresServer& server) {
  server.query("SELECT count(pg_terminate_backend(pid, 20000)) FROM pg_stat_activity WHERE " +
               other_sessions);
}

}  // namespace dbpool
