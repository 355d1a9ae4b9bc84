#include "exposition/json_health_document.hpp"

#include "exposition/named_pools.hpp"
#include "json_fleets.hpp"
#include "support/http/source_documents.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using enum HealthStatus;

namespace {

/// Returns the pool of the codebase-mcp document's example.
PoolSnapshot example() {
  PoolSnapshot s = known_pool("default");
  s.idle = 4, s.active = 1, s.checking = 0, s.waiting = 0;
  s.response_time = 0.0023, s.errors_recent = 0;
  return s;
}

PoolSnapshot lost() {
  PoolSnapshot s = example();
  s.key = key_of("lost");
  s.phase = PoolPhase::recovering;
  s.idle = 0, s.active = 0;
  s.last_contact_ok = false;
  s.response_time = 0.5;
  return s;
}

std::string contact(const FleetSnapshot& fleet) {
  return health_document_json(fleet)["database"]["status"];
}

}  // namespace

TEST_CASE("the health document is the codebase-mcp document's example") {
  CHECK(health_document_json(fleet_of({report_of(example())})) == Json::parse(test::codebase_mcp_health));
}

TEST_CASE("over several pools connections are summed, and the worst status and latency count") {
  PoolSnapshot second = example();
  second.key = key_of("second");
  const Json document = health_document_json(
      fleet_of({report_of(example()), report_of(lost(), {unhealthy, {}}), report_of(second)}));
  CHECK(document["status"] == "unhealthy");
  CHECK(document["database"]["status"] == "disconnected");
  CHECK(document["database"]["pool"]["idle"] == 8);
  CHECK(document["database"]["pool"]["active"] == 2);
  CHECK(document["database"]["latency_ms"] == 500.0);
  CHECK(document["database"]["last_error"] == "Database connection refused: connection refused");
}

TEST_CASE("connections that a server shows as sessions as well count once over all, and alone as its own") {
  FleetSnapshot fleet = fleet_of({report_of(example())});
  PoolSnapshot sessions = pool_named("srv/app/alice");
  sessions.active = 1, sessions.idle = 7;
  fleet.sources.push_back(source_of(sessions, SourceKind::pg_stat_activity, {}));
  CHECK(health_document_json(fleet)["database"]["pool"]["total"] == 5);
  CHECK(health_document_json(only_pool(fleet, "srv/app/alice"))["database"]["pool"]["total"] == 8);
}

TEST_CASE("the database is connected when the last contact succeeded, and lost while a pool recovers") {
  CHECK(contact(fleet_of({})) == "unknown");
  FleetSnapshot pushed = fleet_of({report_of(example())});
  pushed.sources.at(0).reading.pushed = PushCounts();
  CHECK(contact(pushed) == "unknown");
  pushed.sources.at(0).reading.pushed->senders = 1;
  CHECK(contact(pushed) == "connected");
  PoolSnapshot fresh = example();
  fresh.last_contact_ok.reset();
  CHECK(contact(fleet_of({report_of(fresh)})) == "unknown");
  CHECK(contact(fleet_of({report_of(fresh), report_of(example())})) == "connected");
  PoolSnapshot returned_broken = lost();
  returned_broken.last_contact_ok = true;
  CHECK(contact(fleet_of({report_of(returned_broken)})) == "disconnected");
}

TEST_CASE("of several errors that matter the newest is told, and none that is over") {
  PoolSnapshot older = example(), newer = example(), over = example();
  older.errors_recent = newer.errors_recent = 1;
  newer.last_error = "syntax error", newer.last_error_kind = ErrorKind::query;
  newer.last_error_at = *older.last_error_at + 1s;
  over.last_error_at = *older.last_error_at + 2s;
  const auto fleet = fleet_of({report_of(older), report_of(newer), report_of(over)});
  CHECK(health_document_json(fleet)["database"]["last_error"] == "syntax error");
}

TEST_CASE("a probed source that cannot be read is disconnected, and says why") {
  FleetSnapshot fleet = fleet_that_knows_little();
  fleet.sources[0].pools.clear();
  fleet.sources[0].reading.up = false;
  fleet.sources[0].reading.last_error = "connect to pgbouncer: refused";
  const Json document = health_document_json(fleet);
  CHECK(document["status"] == "unhealthy");
  CHECK(document["database"]["status"] == "disconnected");
  CHECK(document["database"]["last_error"] == "connect to pgbouncer: refused");
  check_unknown(document["database"]["pool"], {"total", "idle", "active", "waiting"});
  CHECK(document["database"]["latency_ms"].is_null());
}

TEST_CASE("an application that says it has lost its database is disconnected, though it could be read") {
  const auto contact_of = [](const PoolSnapshot& told) {
    FleetSnapshot fleet;
    fleet.sources.push_back(source_of(told, SourceKind::http_json, {}));
    return contact(fleet);
  };
  PoolSnapshot told = pool_named("app");
  told.last_connect_ok = false;
  CHECK(contact_of(told) == "disconnected");
  told.last_connect_ok = true;
  CHECK(contact_of(told) == "connected");
  PoolSnapshot busy = example();
  busy.last_connect_ok = false;  // an owned pool that failed to open another connection
  CHECK(contact(fleet_of({report_of(busy)})) == "connected");
}

TEST_CASE("a pooler that answers proves a database only where it has a server connection") {
  const auto contact_of = [](const PoolSnapshot& pool, const Judgement& health) {
    FleetSnapshot fleet;
    fleet.sources.push_back(source_of(pool, SourceKind::pgbouncer, health));
    return contact(fleet);
  };
  PoolSnapshot pool = pool_named("pgb/app/alice");
  pool.idle = 0, pool.active = 0;
  CHECK(contact_of(pool, {}) == "unknown");
  Judgement without_login{unhealthy, {}};
  without_login.figures.failed_login = "server login has been failing";
  CHECK(contact_of(pool, without_login) == "disconnected");
  pool.idle = 1;
  CHECK(contact_of(pool, {healthy, {}}) == "connected");
}
