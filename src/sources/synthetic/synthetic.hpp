#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dbpool/observe/pool_ledger.hpp"
#include "dbpool/pool/driver.hpp"
#include "dbpool/sync/guarded.hpp"
#include "snapshot/pool_source.hpp"

namespace dbpool {

class SecondClient;
class SyntheticBooks;

/// When acquisitions are tried.
struct SyntheticPace {
  Duration interval = std::chrono::seconds(5);  ///< from the beginning of one to that of the next
  Duration timeout = std::chrono::seconds(2);   ///< an acquisition or a connect that lasts longer has failed
};

/// What is counted, and who learns of a pool that nothing but the client uses.
struct SyntheticRecords {
  LedgerOptions ledger = {};  ///< buckets and windows of the figures
  /// Called once, on a worker, when no other client was seen in the pool that the client lands in.
  std::function<void(const PoolKey& pool)> on_probe_only = {};
};

/// A pooler with measured client waits: a client of its own runs one trivial transaction after another
/// through the pooler and times each. Its figures are added to the pool that it uses. The client stays
/// connected only if the pooler takes its server back after each transaction; otherwise, or if the mode is
/// not known, it disconnects after each one. A client that gets no server in time counts as a timeout and
/// keeps waiting; no second client joins the queue meanwhile. While the pool has no server, one logs in once
/// an interval, to learn why. Any thread may call it. No thread is held while the client waits.
class Synthetic : public PoolSource {
 public:
  /// Starts at once. `driver` connects through the pooler.
  Synthetic(std::shared_ptr<const PoolSource> pooler, const std::shared_ptr<Driver>& driver,
            const SyntheticPace& pace, const Runtime& runtime, const SyntheticRecords& records = {});
  /// Starts no further acquisition. Does not wait for one in progress, which is given up soon after its
  /// timeout.
  ~Synthetic() override;
  Synthetic(const Synthetic&) = delete;
  Synthetic& operator=(const Synthetic&) = delete;

  const std::string& name() const noexcept override { return pooler_->name(); }
  SourceKind kind() const noexcept override { return pooler_->kind(); }
  /// Returns the pooler's last reading with the client's figures in it; the same reading if it failed.
  std::shared_ptr<const Reading> read() const override;
  std::vector<LeakReport> leaks(const std::string& pool) const override { return pooler_->leaks(pool); }

 private:
  class Client;
  using SharedBooks = std::shared_ptr<Guarded<SyntheticBooks>>;

  const std::shared_ptr<const PoolSource> pooler_;
  const std::shared_ptr<const Clock> clock_;
  const SharedBooks books_;
  const std::shared_ptr<Client> client_;
  const std::shared_ptr<SecondClient> second_client_;
};

}  // namespace dbpool
