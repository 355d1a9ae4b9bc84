#include "exposition/named_pools.hpp"

#include "json_fleets.hpp"

using namespace dbpool;

TEST_CASE("pools keep the order of the sources, and of two with one name the first counts") {
  const auto fleet = fleet_of({report_of(known_pool("b")), report_of(known_pool("a")),
                               report_of(known_pool("c\xff")), report_of(known_pool("c\xfe"))});
  std::vector<std::string> names;
  for (const NamedPool& pool : named_pools(fleet)) names.push_back(pool.name());
  CHECK(names == std::vector<std::string>{"b", "a", "c\xEF\xBF\xBD"});
}

TEST_CASE("one pool is found by the name that answers show") {
  const auto fleet = fleet_that_knows_little();
  const auto one = only_pool(fleet, "pgb/\xEF\xBF\xBD/u");
  REQUIRE(one.sources.size() == 1);
  CHECK(one.sources[0].name == "pgb");
  REQUIRE(one.sources[0].pools.size() == 1);
  CHECK(one.sources[0].pools[0].figures.label() == "pgb/\xEF\xBF\xBD/u");
  CHECK(one.time == fleet.time);
  CHECK(only_pool(fleet, "pgb").sources.empty());
}

TEST_CASE("the worst status counts, and one that is unknown only where there is no other") {
  const auto fleet = [](std::vector<HealthStatus> all) {
    std::vector<PoolReport> pools;
    for (const auto status : all) pools.push_back(report_of(known_pool("p"), {status, {}}));
    return fleet_of(std::move(pools));
  };
  using enum HealthStatus;
  CHECK(worst_status(fleet({})) == unknown);
  CHECK(worst_status(fleet({unknown})) == unknown);
  CHECK(worst_status(fleet({healthy, unknown})) == healthy);
  CHECK(worst_status(fleet({healthy, degraded, healthy})) == degraded);
  CHECK(worst_status(fleet({unhealthy, degraded})) == unhealthy);
}

TEST_CASE("a figure's total is the one that its row names, over the pools that know it") {
  PoolSnapshot whole = pool_named("pgp", PoolScope::target), part = pool_named("pgp/app/alice");
  whole.active = 5, whole.waiting = 1, whole.max = 10, whole.response_time = 0.25;
  part.active = 3, part.waiting = 2, part.max = 4, part.response_time = 0.5;
  auto fleet = fleet_of({report_of(whole), report_of(pool_named("silent"))});
  fleet.sources[0].pools.push_back(report_of(part));
  const auto pools = named_pools(fleet);
  CHECK(total_of<&PoolSnapshot::active>(pools) == 5U);
  CHECK(total_of<&PoolSnapshot::waiting>(pools) == 3U);
  CHECK(total_of<&PoolSnapshot::max>(pools) == 14U);
  CHECK(total_of<&PoolSnapshot::response_time>(pools) == 0.5);
  CHECK(total_of<&PoolSnapshot::created>(pools) == std::nullopt);
  CHECK(total_of<&PoolSnapshot::oldest_waiter>(pools) == std::nullopt);
}

TEST_CASE("the sessions of a server count as connections only where no other source knows any") {
  PoolSnapshot sessions = pool_named("srv/app/alice"), pool = pool_named("pgb/app/alice");
  sessions.active = 4, sessions.idle = 2, sessions.waiting = 1;
  FleetSnapshot fleet;
  fleet.sources.push_back(source_of(sessions, SourceKind::pg_stat_activity, {}));
  fleet.sources.push_back(source_of(pool, SourceKind::pgbouncer, {}));
  CHECK(total_of<&PoolSnapshot::active>(named_pools(fleet)) == 4U);
  fleet.sources[1].pools[0].figures.active = 3;
  CHECK(total_of<&PoolSnapshot::active>(named_pools(fleet)) == 3U);
  CHECK(total_of<&PoolSnapshot::idle>(named_pools(fleet)) == std::nullopt);
  CHECK(connections_in(named_pools(fleet), &PoolSnapshot::total) == 3U);
  CHECK(total_of<&PoolSnapshot::waiting>(named_pools(fleet)) == 1U);
  CHECK(total_of<&PoolSnapshot::active>(named_pools(only_pool(fleet, "srv/app/alice"))) == 4U);
}

TEST_CASE("a part of a whole target has its own connections where it stands alone") {
  PoolSnapshot whole = pool_named("pgp", PoolScope::target), part = pool_named("pgp/app/alice");
  whole.active = 5, part.active = 3;
  auto fleet = fleet_of({report_of(whole)});
  fleet.sources[0].pools.push_back(report_of(part));
  CHECK(total_of<&PoolSnapshot::active>(named_pools(only_pool(fleet, "pgp/app/alice"))) == 3U);
}

TEST_CASE(
    "a source that cannot be read is unhealthy, whatever its pools were, and an owned pool is judged "
    "itself") {
  const auto fleet = [](SourceKind kind, std::optional<bool> up) {
    FleetSnapshot made = fleet_of({report_of(known_pool("well")), report_of(known_pool("p"))});
    made.sources[1].kind = kind;
    made.sources[1].reading.up = up;
    return made;
  };
  using enum HealthStatus;
  CHECK(worst_status(fleet(SourceKind::pgbouncer, false)) == unhealthy);
  CHECK(sources_down(fleet(SourceKind::pgbouncer, false)) == std::vector<std::string>{"p"});
  CHECK(worst_status(fleet(SourceKind::pgbouncer, true)) == healthy);
  CHECK(worst_status(fleet(SourceKind::pgbouncer, std::nullopt)) == healthy);
  CHECK(worst_status(fleet(SourceKind::owned, false)) == healthy);
  CHECK(sources_down(fleet(SourceKind::owned, false)).empty());
}
