#include "exposition/json_metrics.hpp"

#include "json_fleets.hpp"
#include "support/http/source_documents.hpp"

using namespace dbpool;

namespace {

/// Returns two pools that make up the Ombudsman document's example of GET /connections/pools/metrics.
FleetSnapshot example() {
  PoolSnapshot a = known_pool("a"), b = known_pool("b");
  a.idle = 3, a.active = 2, a.checking = 0, a.max = 10, a.created = 5, a.reused = 127;
  b.idle = 2, b.active = 1, b.checking = 0, b.max = 10, b.created = 7, b.reused = 329;
  a.closed = {2, 0, 0, 0, 0, 0, 0};
  b.closed.fill(0), a.errors.fill(0), b.errors.fill(0);
  return fleet_of({report_of(a), report_of(b)});
}

}  // namespace

TEST_CASE("the aggregate has the Ombudsman document's shape and numbers") {
  const Json document = metrics_json(example());
  check_has(document, Json::parse(test::ombudsman_metrics));
}

TEST_CASE("connections that the pool of a whole target reports as well count once") {
  FleetSnapshot fleet = example();
  PoolSnapshot whole = pool_named("pgp", PoolScope::target), part = pool_named("pgp/app/alice");
  whole.active = 7, whole.idle = 4;
  part.active = 7, part.idle = 1;
  fleet.sources.push_back(source_of(part, SourceKind::pgpool, {}));
  fleet.sources.back().pools.push_back({SourceKind::pgpool, whole, {}});
  const Json document = metrics_json(fleet);
  CHECK(document["total_active"] == 3 + 7);
  CHECK(document["total_idle"] == 5 + 4);
  CHECK(document["total_connections"] == 8 + 11);
}

TEST_CASE("connections count in the pools where the pool of a whole target has none, as with PgBouncer") {
  FleetSnapshot fleet = example();
  PoolSnapshot whole = pool_named("pgb", PoolScope::target), pool = pool_named("pgb/app/alice");
  whole.clients_used = 9;
  pool.active = 7, pool.idle = 1;
  fleet.sources.push_back(source_of(whole, SourceKind::pgbouncer, {}));
  fleet.sources.back().pools.push_back({SourceKind::pgbouncer, pool, {}});
  CHECK(metrics_json(fleet)["total_connections"] == 8 + 8);
}

TEST_CASE("connections that a server shows as sessions as well count once") {
  FleetSnapshot fleet = example();
  PoolSnapshot sessions = pool_named("srv/app/alice");
  sessions.active = 4, sessions.idle = 5;
  fleet.sources.push_back(source_of(sessions, SourceKind::pg_stat_activity, {}));
  const Json document = metrics_json(fleet);
  CHECK(document["total_pools"] == 3);
  CHECK(document["total_connections"] == 8);
  CHECK(document["total_active"] == 3);
  CHECK(document["total_idle"] == 5);
}

TEST_CASE("totals run over the pools that know the figure, and the utilization over those that know both") {
  FleetSnapshot fleet = example();
  PoolSnapshot unlimited = known_pool("unlimited");
  unlimited.active = 90, unlimited.max.reset(), unlimited.created.reset();
  unlimited.closed = {5};  // the other reasons are unknown
  fleet.sources.push_back(source_of(unlimited, SourceKind::owned, {}));
  const Json document = metrics_json(fleet);
  CHECK(document["total_active"] == 93);
  CHECK(document["total_capacity"] == 20);
  CHECK(document["overall_utilization"] == 15.0);
  CHECK(document["total_created"] == 12);
  CHECK(document["total_closed"] == 2);
}

TEST_CASE("what no pool knows is null, and before the first connection nothing was reused") {
  const Json little = metrics_json(fleet_that_knows_little());
  CHECK(little["total_pools"] == 2);
  check_unknown(little,
                {"total_connections", "total_active", "total_idle", "total_capacity", "overall_utilization",
                 "total_created", "total_reused", "total_closed", "total_errors", "reuse_ratio"});
  PoolSnapshot fresh = known_pool("fresh");
  fresh.created = 0, fresh.reused = 0;
  CHECK(metrics_json(fleet_of({report_of(fresh)}))["reuse_ratio"] == 0.0);
}
