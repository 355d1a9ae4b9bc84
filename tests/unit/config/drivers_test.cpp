#include "config/drivers.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "config/pool_keys.hpp"

namespace dbpool {
namespace {

TEST_CASE("a driver is found by its name") {
  for (const auto& driver : drivers()) CHECK(find_driver(driver.name) == &driver);
  CHECK(find_driver("mysql") == nullptr);
  CHECK(find_driver(PoolConfig().driver) != nullptr);
}

TEST_CASE("a pool has the keys of every driver, and the documentation names them all") {
  const auto keys = pool_keys();
  const auto named = std::ranges::find(keys, "driver", &Key<PoolConfig>::name);
  REQUIRE(named != keys.end());
  CHECK(named->meaning == "sqlite, postgres or odbc");
  for (const auto& driver : drivers()) {
    for (const auto& key : driver.keys)
      CHECK(std::ranges::find(keys, key.name, &Key<PoolConfig>::name) != keys.end());
  }
}

}  // namespace
}  // namespace dbpool
