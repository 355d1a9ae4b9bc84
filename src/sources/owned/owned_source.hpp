#pragma once

#include <map>
#include <memory>
#include <string>

#include "dbpool/pool/pool.hpp"
#include "dbpool/sync/guarded.hpp"
#include "snapshot/pool_source.hpp"
#include "sources/owned/canary.hpp"

namespace dbpool {

/// A pool that this process owns, with its canary. The source has the pool's name. Any thread may call it.
class OwnedSource : public PoolSource {
 public:
  /// Does not block. `labels` are added to the pool's info.
  OwnedSource(const PoolOptions& options, std::shared_ptr<Driver> driver, const CanaryOptions& canary,
              std::map<std::string, std::string> labels, const Runtime& runtime,
              std::shared_ptr<PoolObserver> observer);

  const std::string& name() const noexcept override { return pool_->options().name; }
  SourceKind kind() const noexcept override { return SourceKind::owned; }
  std::shared_ptr<const Reading> read() const override;
  std::vector<ConnectionSnapshot> connections(const std::string& pool) const override;
  std::vector<LeakReport> leaks(const std::string& pool) const override;

  /// Replaces the canary and the labels; the pool, its connections and its counters stay.
  void reconfigure(const CanaryOptions& canary, std::map<std::string, std::string> labels);
  /// Ends the canary's turns and shuts the pool down. Does not block.
  void stop();
  /// Returns the leases to wait for after `stop`: all except those whose canary query is running.
  std::uint64_t leases_out() const;
  Pool& pool() noexcept { return *pool_; }

 private:
  struct Extras {
    std::map<std::string, std::string> labels;
    std::shared_ptr<Canary> canary;
  };

  const Runtime runtime_;
  const std::shared_ptr<Pool> pool_;
  Guarded<Extras> extras_;
};

}  // namespace dbpool
