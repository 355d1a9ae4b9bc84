#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "daemon/descriptor_budget.hpp"
#include "daemon/make_driver.hpp"
#include "daemon/make_source.hpp"
#include "dbpool/drivers/odbc.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "dbpool/sync/guarded.hpp"
#include "drivers/postgres/threads.hpp"
#include "snapshot/snapshotter.hpp"
#include "sources/owned/owned_source.hpp"

namespace dbpool {

/// The sources that are in service, as configured. Any thread may call it.
///
/// Locking: one mutex guards the lists; a source is made and stopped outside it.
class Fleet {
 public:
  /// Makes the observer of a pool.
  using ObserverFor = std::function<std::shared_ptr<PoolObserver>(const PoolOptions&)>;

  /// `on_reading` is called with every reading of a source that is not an owned pool.
  Fleet(Runtime runtime, ObserverFor observer_for, OnReading on_reading, PushDoors doors)
      : runtime_(std::move(runtime)),
        observer_for_(std::move(observer_for)),
        on_reading_(std::move(on_reading)),
        doors_(std::move(doors)) {}

  /// Makes the pools and sources of `config`, then puts them into service. One that is configured as before
  /// is kept with its counters; its health policy may differ, and a pool's canary and labels. Stops the
  /// others. Returns all sources to watch from now on. One caller at a time. throws Error if one cannot be
  /// made; then nothing has changed.
  std::vector<WatchedSource> apply(const Config& config);
  /// Closes the connections of the pool with this name; nullopt: no such pool.
  std::optional<CloseResult> close(const std::string& pool);
  /// Returns the names of the pools, in the order of the configuration.
  std::vector<std::string> pools() const;
  /// Stops every pool and forgets every probed source. Does not block.
  void stop();
  /// Returns how many leases of stopped pools are still out and worth waiting for.
  std::uint64_t leases_out() const;
  /// Terminates and forgets the stopped pools whose leases are all back. Does not wait for the others.
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

  /// The threads of ODBC. The destructor runs after that of the lists and waits up to 500 ms for connections
  /// to close.
  struct OdbcUse {
    const std::shared_ptr<OdbcThreads> threads = odbc_threads();
    ~OdbcUse() { await_rest(*threads, Deadline(machine_clock()->now() + std::chrono::milliseconds(500))); }
  };

  std::shared_ptr<OwnedSource> make_pool(const PoolConfig& config);
  SourceParts source_parts() const { return {runtime_, postgres_threads_, names_, on_reading_, doors_}; }

  const Runtime runtime_;
  const ObserverFor observer_for_;
  const OnReading on_reading_;
  const PushDoors doors_;
  const std::shared_ptr<PostgresThreads> postgres_threads_ = postgres_threads();
  /// The resolver of the drivers: it bounds the lookups of the whole process.
  const std::shared_ptr<NameResolver> names_{postgres_threads_, &postgres_threads_->names};
  const OdbcUse odbc_;  // outlives the lists
  const std::shared_ptr<DescriptorCount> descriptors_ = std::make_shared<DescriptorCount>(0);
  std::optional<PrivateDatabase> private_database_;
  Guarded<Lists> lists_;
};

}  // namespace dbpool
