#include "exposition/fleet_collectable.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("every collection takes a new moment") {
  int asked = 0;
  const FleetCollectable collectable([&asked] {
    FleetSnapshot fleet;
    fleet.exporter.process.threads = ++asked;
    return fleet;
  });
  collectable.Collect();
  const auto families = collectable.Collect();
  REQUIRE_FALSE(families.empty());
  CHECK(families.back().name == "process_threads");
  CHECK(families.back().metric.at(0).gauge.value == 2);
}
