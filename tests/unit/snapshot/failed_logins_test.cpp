#include "snapshot/failed_logins.hpp"

#include <doctest/doctest.h>

#include "support/fakes/pool_named.hpp"

using namespace dbpool;

namespace {

constexpr const char* error = "FATAL: server login has been failing, try again later";

/// Returns the pool of a `synthetic` client that cannot log in.
PoolSnapshot refused() {
  PoolSnapshot pool = pool_named("pgb/app/probe");
  pool.idle = 0, pool.active = 0, pool.errors_recent = 1;
  pool.last_error = error;
  return pool;
}

/// Returns a pool whose clients have waited for long without a server.
PoolSnapshot starved() {
  PoolSnapshot pool = pool_named("pgb/app/alice");
  pool.idle = 0, pool.active = 0, pool.waiting = 4;
  pool.last_connect_ok = false;
  pool.paused = false;
  return pool;
}

FailedLogins failing(const PoolSnapshot& pool) {
  PoolSource::Reading reading;
  reading.pools = {pool, pool_named("pgb/other/bob")};
  return failing_databases(reading);
}

}  // namespace

TEST_CASE("logins fail at a database while the pooler's own client is refused for that") {
  CHECK(failing(refused()) == FailedLogins{{"app", error}});
  PoolSnapshot over = refused();
  over.errors_recent = 0;
  CHECK(failing(over).empty());
  PoolSnapshot served = refused();
  served.idle = 1;
  CHECK(failing(served).empty());
  PoolSnapshot last = refused();
  last.last_contact_ok = false;
  CHECK(failing(last) == FailedLogins{{"app", error}});
  last.last_contact_ok = true;  // since then, and its server has been closed again
  CHECK(failing(last).empty());
  PoolSnapshot wrong_password = refused();
  wrong_password.last_error = "FATAL: password authentication failed";
  CHECK(failing(wrong_password).empty());
}

TEST_CASE("logins fail where clients wait and no server can be opened, for no limit and no pause") {
  CHECK(failing(starved()) == FailedLogins{{"app", "clients wait and no server can be opened"}});
  PoolSnapshot may_be_paused = starved();
  may_be_paused.paused.reset();
  PoolSnapshot paused = starved();
  paused.paused = true;
  PoolSnapshot limited = starved();
  limited.limited_by = "max_db_connections";
  PoolSnapshot waits_briefly = starved();
  waits_briefly.last_connect_ok.reset();
  for (const PoolSnapshot& pool : {may_be_paused, paused, limited, waits_briefly})
    CHECK(failing(pool).empty());
}
