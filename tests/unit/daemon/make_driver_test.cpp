#include "daemon/make_driver.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "config/drivers.hpp"
#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

TEST_CASE("the drivers that can be configured are those that can be made") {
  std::vector<std::string_view> known, made;
  for (const auto& driver : drivers()) known.push_back(driver.name);
  for (const auto& maker : driver_makers()) made.push_back(maker.name);
  CHECK(known == made);
}

TEST_CASE("each row makes the driver that it names") {
  std::optional<PrivateDatabase> private_database;
  const DriverParts parts{postgres_threads(), odbc_threads(), private_database};
  for (const auto& maker : driver_makers()) {
    CAPTURE(maker.name);
    PoolConfig pool;
    pool.driver = maker.name;
    CHECK(driver_maker(pool.driver).make(pool, parts)->info().driver == maker.name);
    CHECK(maker.descriptors > 0);
  }
  CHECK_THROWS_WITH_AS(driver_maker("mysql"), "make driver mysql: it is not in this build", Error);
}

TEST_CASE("pools without a DSN share one private file, which is made for the first of them") {
  std::optional<PrivateDatabase> private_database;
  const DriverParts parts{nullptr, nullptr, private_database};
  PoolConfig named;
  named.dsn = DsnSource(Dsn(":memory:"));
  driver_maker("sqlite").make(named, parts);
  CHECK_FALSE(private_database);
  const auto first = driver_maker("sqlite").make(PoolConfig(), parts);
  REQUIRE(private_database);
  const auto file = private_database->file();
  const auto second = driver_maker("sqlite").make(PoolConfig(), parts);
  CHECK(private_database->file() == file);
  CHECK(first->info().database == second->info().database);
}

}  // namespace
}  // namespace dbpool
