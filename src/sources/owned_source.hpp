#pragma once

#include <map>
#include <memory>
#include <string>

#include "dbpool/pool/pool.hpp"
#include "sources/canary.hpp"
#include "sources/pool_source.hpp"

namespace dbpool {

/// A pool that this process owns, with its canary. It is its own source, by the same name. Any thread may
/// call it.
class OwnedSource : public PoolSource {
 public:
  /// `labels` describe the pool and go into its info. Returns at once, as Pool does.
  OwnedSource(const PoolOptions& options, std::shared_ptr<Driver> driver, const CanaryOptions& canary,
              std::map<std::string, std::string> labels, const Runtime& runtime,
              std::shared_ptr<PoolObserver> observer);
  /// Goes on with the pool of `before`, counters and connections included. `before` is to be dropped, not
  /// stopped.
  OwnedSource(const OwnedSource& before, const CanaryOptions& canary,
              std::map<std::string, std::string> labels, const Runtime& runtime);

  const std::string& name() const noexcept override { return pool_->options().name; }
  SourceKind kind() const noexcept override { return SourceKind::owned; }
  Reading read() const override;
  std::vector<ConnectionSnapshot> connections(const std::string& pool) const override;
  std::vector<LeakReport> leaks(const std::string& pool) const override;

  /// Ends the canary's turns and shuts the pool down. Does not block.
  void stop();
  /// Leases that are worth waiting for after `stop`: all but those whose canary still waits for an answer.
  std::uint64_t leases_out() const;
  Pool& pool() noexcept { return *pool_; }

 private:
  std::shared_ptr<Pool> pool_;
  const std::map<std::string, std::string> labels_;
  Canary canary_;
};

}  // namespace dbpool
