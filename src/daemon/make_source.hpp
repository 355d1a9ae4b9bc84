#pragma once

#include <memory>

#include "config/config.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "net/name_resolver.hpp"
#include "sources/probed_source.hpp"

namespace dbpool {

/// The parts that probed sources share. Any thread may use them.
struct SourceParts {
  Runtime runtime;
  std::shared_ptr<PostgresThreads> postgres_threads;
  std::shared_ptr<NameResolver> names;
  ProbedSource::OnReading on_reading;
};

/// Makes the source that `config` describes; its first reading begins at once.
std::shared_ptr<PoolSource> make_source(const SourceConfig& config, const SourceParts& parts);

}  // namespace dbpool
