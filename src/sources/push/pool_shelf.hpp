#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"
#include "sources/push/departed_senders.hpp"
#include "sources/push/refused_pools.hpp"

namespace dbpool {

/// What a source keeps of its pools besides what their senders have, by the pools' labels: the counters of
/// senders that have left, and what was shown. At most as many pools as the limit. Not thread-safe.
class PoolShelf {
 public:
  struct Pool {
    TimePoint heard;
    std::optional<PoolSnapshot> retired;  ///< the counters of senders that have left
    DepartedSenders departed;             ///< who they were
    PoolSnapshot shown;                   ///< as it was shown last
    PoolSnapshot kept;                    ///< the most that its counters were ever shown with
  };
  using Pools = std::map<std::string, Pool>;

  explicit PoolShelf(std::size_t most) : most_(most) {}

  /// Returns the pool of that label, and makes one if it is new; nullptr beyond the limit, where it is
  /// counted as dropped.
  Pool* admit(const std::string& label, TimePoint now);
  /// Forgets a pool. `label`: of one that there is.
  void erase(const std::string& label) { pools_.erase(label); }
  /// Forgets the pools that were not heard after `last`, and the names that were refused until then.
  void forget(TimePoint last);
  /// Returns the label of the pool that is silent for longest, of those that are not in `kept`; nullopt if
  /// all are.
  std::optional<std::string> longest_silent(const std::set<std::string>& kept) const;

  Pools& pools() noexcept { return pools_; }
  const Pools& pools() const noexcept { return pools_; }
  /// Returns the number of pools that were refused lately.
  std::size_t dropped() const noexcept { return refused_.size(); }

 private:
  std::size_t most_;
  Pools pools_;
  RefusedPools refused_;
};

}  // namespace dbpool
