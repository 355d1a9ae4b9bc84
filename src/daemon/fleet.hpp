#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "daemon/private_database.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "dbpool/sync/guarded.hpp"
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

  Fleet(Runtime runtime, ObserverFor observer_for)
      : runtime_(std::move(runtime)), observer_for_(std::move(observer_for)) {}

  /// Makes what `config` asks for, then takes it into service; a pool that is configured as before stays as
  /// it is, with its counters. What is no longer wanted is stopped. Returns all that is to be watched from
  /// now on. One caller at a time. throws Error when one cannot be made; then nothing has changed.
  std::vector<WatchedSource> apply(const Config& config);
  /// Closes the connections of the pool by that name; nullopt: there is none.
  std::optional<CloseResult> close(const std::string& pool);
  /// The names of the pools, in the order of the configuration.
  std::vector<std::string> pools() const;
  /// Stops every source. Does not block.
  void stop();
  /// Leases that are still out and worth waiting for, of stopped sources as well.
  std::uint64_t leases_out() const;
  /// Ends the pools whose leases are all back, and forgets those that were replaced.
  void finish_stopped();

 private:
  struct Member {
    PoolConfig config;
    std::shared_ptr<OwnedSource> source;
  };
  struct Lists {
    std::vector<Member> members;
    std::vector<std::shared_ptr<OwnedSource>> stopped;
  };

  std::shared_ptr<Driver> make_driver(const PoolConfig& config);
  std::shared_ptr<OwnedSource> make_source(const PoolConfig& config);

  const Runtime runtime_;
  const ObserverFor observer_for_;
  const std::shared_ptr<PostgresThreads> postgres_threads_ = postgres_threads();
  std::optional<PrivateDatabase> private_database_;
  Guarded<Lists> lists_;
};

}  // namespace dbpool
