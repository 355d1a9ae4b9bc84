#pragma once

#include <memory>
#include <vector>

#include "dbpool/pool/pool.hpp"
#include "sources/canary_options.hpp"

namespace dbpool {

/// Exercises a pool, so that it has latencies to show even when nobody else uses it: `concurrency` loops,
/// each of them acquire, `query`, keep the lease for `hold`, release, wait `interval`. No loop holds a thread
/// while it waits. The loops rest while the pool initializes or recovers. Any thread may call it.
class Canary {
 public:
  /// Starts the loops. Does not keep the pool alive.
  Canary(const std::shared_ptr<Pool>& pool, const CanaryOptions& options, const Runtime& runtime);
  ~Canary();
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;

  /// Begins no further turn. A lease that is held stays for its `hold`, one that is being checked does not.
  void stop() noexcept;
  /// Leases whose query is running right now.
  std::size_t querying() const noexcept;

 private:
  class Loop;
  std::vector<std::shared_ptr<Loop>> loops_;
};

}  // namespace dbpool
