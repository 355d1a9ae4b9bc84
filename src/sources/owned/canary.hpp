#pragma once

#include <memory>
#include <vector>

#include "dbpool/pool/pool.hpp"
#include "sources/owned/canary_options.hpp"

namespace dbpool {

/// A canary, which gives a pool latencies to show even when it has no other users: `concurrency` loops, each
/// of them acquire, `query`, keep the lease for `hold`, release, wait `interval`. No loop holds a thread
/// while it waits. The loops rest while the pool initializes or recovers. Any thread may call it.
class Canary {
 public:
  /// Starts the loops. Does not keep the pool alive.
  Canary(const std::shared_ptr<Pool>& pool, const CanaryOptions& options, const Runtime& runtime);
  ~Canary();
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;

  /// Starts no further turn. A held lease is kept for its `hold`; one whose query is running is released
  /// after it.
  void stop() noexcept;
  /// Returns the number of leases whose query is running.
  std::size_t querying() const noexcept;

 private:
  class Loop;
  std::vector<std::shared_ptr<Loop>> loops_;
};

}  // namespace dbpool
