#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// Adds up the figures that several senders report of one pool. Connections and callers are added where they
/// are known; limits are known if every sender knows its own; the largest of waits and ages counts; of what
/// does not add up the value counts on which all agree.
class PoolSum {
 public:
  /// How much of a snapshot counts: of a sender that is silent, only its counters.
  enum class Part { whole, counters };

  /// `shown`: the pool as it was shown before, whose bounds are kept where a sender still has them.
  explicit PoolSum(const PoolSnapshot& shown) : shown_(&shown) {}

  void add(const PoolSnapshot& pool, Part part);
  /// Returns the sum. REQUIRES: called once.
  PoolSnapshot take();

 private:
  struct Distribution {
    std::shared_ptr<const Histogram> histogram;
    Part part;
  };

  void add_gauges(const PoolSnapshot& pool);
  std::shared_ptr<const Histogram> sum_of(const std::vector<Distribution>& parts,
                                          const std::shared_ptr<const Histogram>& shown) const;

  const PoolSnapshot* shown_;
  PoolSnapshot sum_;
  std::array<std::vector<Distribution>, 4> distributions_;
  std::size_t wholes_ = 0;
};

/// Returns a pool whose counters are not less than before: where one has fallen, it stays as it was.
PoolSnapshot not_fallen(PoolSnapshot now, const PoolSnapshot& before);

}  // namespace dbpool
