#include "daemon/make_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dbpool/drivers/sqlite.hpp"
#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

std::shared_ptr<Driver> make_sqlite(const PoolConfig& pool, const DriverParts& parts) {
  if (pool.dsn != DsnSource()) return sqlite_driver(pool.dsn, pool.sqlite);
  if (!parts.private_database) parts.private_database.emplace();
  SqliteOptions own = pool.sqlite;
  own.create = true;
  return sqlite_driver(parts.private_database->file().string(), own);
}

std::shared_ptr<Driver> make_postgres(const PoolConfig& pool, const DriverParts& parts) {
  return postgres_driver(pool.dsn, parts.postgres_threads);
}

std::shared_ptr<Driver> make_odbc(const PoolConfig& pool, const DriverParts& parts) {
  return odbc_driver(pool.dsn, parts.odbc_threads);
}

// SQLite opens the database, its journal and its index; the others a socket, and for a moment one to cancel.
constexpr std::uint64_t files_of_sqlite = 3;
constexpr std::uint64_t sockets = 2;

constexpr auto makers = std::to_array<DriverMaker>({
    {"sqlite", files_of_sqlite, make_sqlite},
    {"postgres", sockets, make_postgres},
    {"odbc", sockets, make_odbc},
});

}  // namespace

std::span<const DriverMaker> driver_makers() {
  return makers;
}

const DriverMaker& driver_maker(std::string_view name) {
  const auto* const found = std::ranges::find(makers, name, &DriverMaker::name);
  if (found == makers.end()) throw Error(fmt::format("make driver {}: it is not in this build", name));
  return *found;
}

}  // namespace dbpool
