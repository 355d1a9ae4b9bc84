#include "drivers/postgres/server.hpp"

#include "drivers/postgres/dsn.hpp"

namespace dbpool {

std::string postgres_servers(const Dsn& dsn) {
  std::string servers;
  for (const PostgresPlace& place : read_target(dsn).places) {
    const std::string& host = place.host.empty() ? place.address : place.host;
    servers.append(servers.empty() ? "" : ",").append(host.empty() ? "localhost" : host);
    servers.append(":").append(place.port);
  }
  return servers;
}

}  // namespace dbpool
