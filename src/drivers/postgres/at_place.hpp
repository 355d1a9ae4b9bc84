#pragma once

#include <memory>
#include <optional>

#include "dbpool/drivers/postgres.hpp"
#include "drivers/postgres/place.hpp"

namespace dbpool {

/// Returns a driver that connects to `place`, wherever the DSN leads; nullopt = where the DSN leads. Else as
/// `postgres_driver`.
std::shared_ptr<Driver> postgres_driver_at(std::optional<PostgresPlace> place, DsnSource dsn,
                                           std::shared_ptr<PostgresThreads> threads, PostgresCancel cancel);

}  // namespace dbpool
