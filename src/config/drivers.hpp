#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "config/key_table.hpp"

namespace dbpool {

/// What the configuration knows of one driver; the same driver's row in daemon/make_driver.cpp makes it.
struct DriverKind {
  std::string_view name;
  std::span<const Key<PoolConfig>> keys;  ///< of pools with this driver only
  bool needs_dsn;
  /// Describes the error in the pool's DSN without quoting it; "" = none.
  std::string (*dsn_problem)(const PoolConfig& pool, const Dsn& dsn);
  /// Describes why libpq would ignore its password file; "" = it would not. nullptr: libpq is not used.
  std::string (*passfile_problem)(const Dsn& dsn);
};

/// Returns the drivers in this build.
std::span<const DriverKind> drivers();

/// Returns the driver with this name; nullptr if this build lacks it.
const DriverKind* find_driver(std::string_view name);

}  // namespace dbpool
