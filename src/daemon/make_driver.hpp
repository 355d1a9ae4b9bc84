#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "config/config.hpp"
#include "daemon/private_database.hpp"
#include "dbpool/drivers/odbc.hpp"
#include "dbpool/drivers/postgres.hpp"

namespace dbpool {

/// The parts that the drivers of all pools share. One caller at a time.
struct DriverParts {
  std::shared_ptr<PostgresThreads> postgres_threads;
  std::shared_ptr<OdbcThreads> odbc_threads;
  std::optional<PrivateDatabase>& private_database;  ///< made with the first pool that needs it
};

/// How to make the driver of a pool. config/drivers.cpp has the row with the same name.
struct DriverMaker {
  std::string_view name;
  std::uint64_t descriptors;  ///< the most that one connection may have
  std::shared_ptr<Driver> (*make)(const PoolConfig& pool, const DriverParts& parts);
};

/// Returns the makers of all drivers in this build.
std::span<const DriverMaker> driver_makers();

/// Returns the maker of the driver with this name. throws Error if this build lacks it.
const DriverMaker& driver_maker(std::string_view name);

}  // namespace dbpool
