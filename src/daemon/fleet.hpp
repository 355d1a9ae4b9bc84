#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "daemon/descriptor_budget.hpp"
#include "daemon/make_source.hpp"
#include "daemon/private_database.hpp"
#include "dbpool/drivers/odbc.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "dbpool/sync/guarded.hpp"
#include "drivers/postgres_threads.hpp"
#include "snapshot/snapshotter.hpp"
#include "sources/owned_source.hpp"

namespace dbpool {

/// The sources that are in service, as configured. Any thread may call it.
///
/// Locking: one mutex guards the lists; a source is made and stopped outside it.
class Fleet {
 public:
  /// Makes the observer of a pool.
  using ObserverFor = std::function<std::shared_ptr<PoolObserver>(const PoolOptions&)>;

  /// `on_reading` hears of every reading of a probed source.
  Fleet(Runtime runtime, ObserverFor observer_for, ProbedSource::OnReading on_reading)
      : runtime_(std::move(runtime)),
        observer_for_(std::move(observer_for)),
        on_reading_(std::move(on_reading)) {}

  /// Makes what `config` asks for, then takes it into service; a pool or source that is configured as before
  /// stays as it is, with its counters, and so does a pool of which only the canary or the labels have
  /// changed. What is no longer wanted is stopped. Returns all that is to be watched from now on. One caller
  /// at a time. throws Error when one cannot be made; then nothing has changed.
  std::vector<WatchedSource> apply(const Config& config);
  /// Closes the connections of the pool by that name; nullopt: there is none.
  std::optional<CloseResult> close(const std::string& pool);
  /// The names of the pools, in the order of the configuration.
  std::vector<std::string> pools() const;
  /// Stops every pool and forgets every probed source. Does not block.
  void stop();
  /// Leases that are still out and worth waiting for, of stopped sources as well.
  std::uint64_t leases_out() const;
  /// Ends the pools whose leases are all back, and forgets those that were replaced.
  void finish_stopped();

 private:
  template <typename Config, typename Source>
  struct Member {
    Config config;
    std::shared_ptr<Source> source;
  };
  using Owned = Member<PoolConfig, OwnedSource>;
  using Probed = Member<SourceConfig, PoolSource>;
  struct Lists {
    std::vector<Owned> owned;
    std::vector<Probed> probed;
    std::vector<std::shared_ptr<OwnedSource>> stopped;
  };

  /// Threads of ODBC. When all pools are gone, it gives their connections a moment to close.
  struct OdbcUse {
    const std::shared_ptr<OdbcThreads> threads = odbc_threads();
    ~OdbcUse() { await_rest(*threads, Deadline(machine_clock()->now() + std::chrono::milliseconds(500))); }
  };

  std::shared_ptr<Driver> make_driver(const PoolConfig& config);
  std::shared_ptr<OwnedSource> make_pool(const PoolConfig& config);
  SourceParts source_parts() const { return {runtime_, postgres_threads_, names_, on_reading_}; }

  const Runtime runtime_;
  const ObserverFor observer_for_;
  const ProbedSource::OnReading on_reading_;
  const std::shared_ptr<PostgresThreads> postgres_threads_ = postgres_threads();
  /// The one of the drivers: it bounds the lookups of the whole process.
  const std::shared_ptr<NameResolver> names_{postgres_threads_, &postgres_threads_->names};
  const OdbcUse odbc_;  // outlives the lists
  const std::shared_ptr<DescriptorCount> descriptors_ = std::make_shared<DescriptorCount>(0);
  std::optional<PrivateDatabase> private_database_;
  Guarded<Lists> lists_;
};

}  // namespace dbpool
