#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dbpool/observe/pool_ledger.hpp"
#include "dbpool/pool/driver.hpp"
#include "sources/pool_source.hpp"

namespace dbpool {

/// When acquisitions are tried.
struct SyntheticPace {
  Duration interval = std::chrono::seconds(5);  ///< from the beginning of one to that of the next
  Duration timeout = std::chrono::seconds(2);   ///< after which one, or a connect before it, has failed
};

/// A pooler whose clients' waits are measured: a client of its own times one trivial transaction after the
/// other through the pooler. What that comes to stands with the pool that the client lands in. The client
/// stays connected, except where the pooler lends a server for a whole session, or does not say; there it
/// goes after each transaction. One that gets no server in time is booked and waits on, and no other joins
/// it. Any thread may call it. Nothing of it holds a thread while it waits.
class Synthetic : public PoolSource {
 public:
  /// Begins at once. `driver` leads through the pooler. `ledger`: what is counted by.
  Synthetic(std::shared_ptr<const PoolSource> pooler, std::shared_ptr<Driver> driver,
            const SyntheticPace& pace, const Runtime& runtime, const LedgerOptions& ledger = {});
  /// Begins no further acquisition; one that is under way is given up soon, but not waited for.
  ~Synthetic() override;
  Synthetic(const Synthetic&) = delete;
  Synthetic& operator=(const Synthetic&) = delete;

  const std::string& name() const noexcept override { return pooler_->name(); }
  SourceKind kind() const noexcept override { return pooler_->kind(); }
  /// The pooler's last reading with our figures in it.
  Reading read() const override;
  std::vector<LeakReport> leaks(const std::string& pool) const override { return pooler_->leaks(pool); }

 private:
  class Client;

  const std::shared_ptr<const PoolSource> pooler_;
  const std::shared_ptr<Client> client_;
};

}  // namespace dbpool
