#pragma once

#include <memory>
#include <optional>

#include "config/config.hpp"
#include "drivers/postgres/at_place.hpp"
#include "log/logger.hpp"
#include "net/name_resolver.hpp"
#include "sources/probed_source.hpp"
#include "web/changing_routes.hpp"

namespace dbpool {

/// Where sources that senders push to come in.
struct PushDoors {
  Logger& logger;                              ///< outlives the scheduler's tasks
  std::shared_ptr<ChangingRoutes> web_routes;  ///< of the exporter's web server
};

/// The parts that sources share. Any thread may use them.
struct SourceParts {
  Runtime runtime;
  std::shared_ptr<PostgresThreads> postgres_threads;
  std::shared_ptr<NameResolver> names;
  OnReading on_reading;
  PushDoors doors;
  std::optional<PostgresPlace> place = std::nullopt;  ///< in place of the server that a DSN names
};

/// Makes the source that `config` describes; its first reading begins at once.
std::shared_ptr<PoolSource> make_source(const SourceConfig& config, const SourceParts& parts);

}  // namespace dbpool
