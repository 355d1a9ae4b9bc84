#include "sources/mapping/mapped_pools.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace dbpool;

namespace {

using Labels = std::vector<SampleLabel>;

Mapping mapping_with(std::map<std::string, std::vector<MappedText>> fields, const std::string& pool,
                     bool sum = false) {
  MappingOptions options;
  options.presets = {"custom"};
  options.fields = std::move(fields);
  options.pool = pool;
  options.sum = sum;
  return Mapping(options);
}

std::optional<PoolPlace> place_of_first(const Mapping& mapping, const Labels& labels,
                                        std::string_view metric = "active") {
  return place_of(mapping, 0, {metric, labels});
}

}  // namespace

TEST_CASE("the place of a series has the names that its labels give") {
  const Mapping mapping = mapping_with({{"active", {{"active{state=\"used\"}"}}}}, "{database}/{user}");
  const auto place =
      place_of_first(mapping, {{"database", "shop"}, {"state", "used"}, {"user", "web"}, {"zone", "a"}});
  REQUIRE(place);
  CHECK(place->name == "shop/web");
  CHECK(place->database == "shop");
  CHECK(place->user == "web");
  CHECK(place->part == 0);
  CHECK_FALSE(place_of_first(mapping, {{"database", "shop"}, {"state", "idle"}, {"user", "web"}}));
}

TEST_CASE("a series whose name does not fit the pattern has no place") {
  const Mapping mapping = mapping_with({{"active", {{"{__name__=~\"(?<pool>.*)_in_use\"}"}}}}, "{pool}");
  CHECK(place_of_first(mapping, {}, "orders_in_use")->name == "orders");
  CHECK_FALSE(place_of_first(mapping, {}, "orders_idle"));
}

TEST_CASE("where series are added up, those of two processes have different parts of one place") {
  const Mapping mapping = mapping_with(
      {{"active", {{"active{state=\"used\"}"}}}, {"idle", {{"active{state=\"idle\"}"}}}}, "{pool}", true);
  const auto of_first =
      place_of(mapping, 0, {"active", Labels{{"pid", "1"}, {"pool", "a"}, {"state", "used"}}});
  const auto of_second =
      place_of(mapping, 0, {"active", Labels{{"pid", "2"}, {"pool", "a"}, {"state", "used"}}});
  const auto idle_of_first =
      place_of(mapping, 1, {"active", Labels{{"pid", "1"}, {"pool", "a"}, {"state", "idle"}}});
  REQUIRE((of_first && of_second && idle_of_first));
  CHECK(of_first->name == of_second->name);
  CHECK(of_first->part != of_second->part);
  CHECK(of_first->part == idle_of_first->part);
}

TEST_CASE(
    "a name with a service in front of it is the pool's name, also where a database and a user make it") {
  const Mapping mapping = mapping_with({{"active", {{"active"}}}}, "{database}/{user}");
  MappedPools pools(mapping, 10);
  PoolPlace place = *place_of_first(mapping, {{"database", "shop"}, {"user", "web"}});
  pools.add(0, place, 1);
  place.name = "orders/" + place.name;
  pools.add(0, place, 2);
  KeptCounters kept;
  const ProbeResult result = pools.take("otel", kept);
  REQUIRE(result.pools.size() == 2);
  CHECK(result.pools[0].label() == "otel/shop/web");
  CHECK(result.pools[0].key.user() == "web");
  CHECK(result.pools[1].label() == "otel/orders/shop/web");
  CHECK(result.pools[1].info.database == "shop");
  CHECK(result.pools[1].active == 2);
}

TEST_CASE("the counters of a database are its entry with a service in front of its name too") {
  const Mapping mapping = mapping_with({{"queries", {{"queries"}}}}, "{database}");
  MappedPools pools(mapping, 10);
  pools.add(0, {.name = "orders/shop", .database = "shop", .user = ""}, 5);
  KeptCounters kept;
  const ProbeResult result = pools.take("otel", kept);
  REQUIRE(result.pools.size() == 1);
  CHECK(result.pools[0].label() == "otel/orders/shop");
  CHECK(result.pools[0].key.scope() == PoolScope::database);
}
