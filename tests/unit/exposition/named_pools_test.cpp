#include "exposition/named_pools.hpp"

#include "json_fleets.hpp"

using namespace dbpool;

TEST_CASE("pools keep the order of the sources, and of two with one name the first counts") {
  const auto fleet = fleet_of({report_of(known_pool("b")), report_of(known_pool("a")),
                               report_of(known_pool("c\xff")), report_of(known_pool("c\xfe"))});
  std::vector<std::string> names;
  for (const NamedPool& pool : named_pools(fleet)) names.push_back(pool.name);
  CHECK(names == std::vector<std::string>{"b", "a", "c\xEF\xBF\xBD"});
}

TEST_CASE("one pool is found by the name that answers show") {
  const auto fleet = fleet_that_knows_little();
  const auto one = only_pool(fleet, "pgb/\xEF\xBF\xBD/u");
  REQUIRE(one.sources.size() == 1);
  CHECK(one.sources[0].name == "pgb");
  REQUIRE(one.sources[0].pools.size() == 1);
  CHECK(one.sources[0].pools[0].figures.pool == "pgb/\xff/u");
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
