#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// Adds up the figures that several senders report of one pool. Connections and callers are added where they
/// are known; limits are known if every sender knows its own; of waits the largest counts; of what does not
/// add up, the value on which all agree.
class PoolSum {
 public:
  /// How much of a snapshot counts: of a sender that is silent, only its counters.
  enum class Part { whole, counters };

  /// `shown`: the pool as it was shown before, whose bounds are kept while a sender has them. It outlives the
  /// sum.
  explicit PoolSum(const PoolSnapshot& shown) : shown_(&shown) {}

  void add(const PoolSnapshot& pool, Part part);
  /// Returns the sum. REQUIRES: called once.
  PoolSnapshot take();
  /// Returns whether senders have different bounds. REQUIRES: after `take`.
  bool has_mixed_bounds() const noexcept { return has_mixed_bounds_; }

 private:
  using Member = std::shared_ptr<const Histogram> PoolSnapshot::*;
  struct Distribution {
    std::shared_ptr<const Histogram> histogram;
    Part part;
  };
  struct Distributions {
    Member member;
    std::vector<Distribution> parts = {};
  };

  std::shared_ptr<const Histogram> sum_of(const Distributions& distributions);

  const PoolSnapshot* shown_;
  PoolSnapshot sum_;
  std::array<Distributions, 4> distributions_{{{&PoolSnapshot::acquisition_duration},
                                               {&PoolSnapshot::usage_duration},
                                               {&PoolSnapshot::connect_duration},
                                               {&PoolSnapshot::health_check_duration}}};
  std::size_t added_ = 0, wholes_ = 0;
  bool has_sums_alone_ = false;  ///< a sender counts waits, without buckets
  bool has_mixed_bounds_ = false;
};

/// Keeps the counters of a pool from falling: raises each to its value in `kept` if that is more, and keeps
/// it there. So `kept` knows the most that was ever shown, at each bound of a histogram.
void keep_risen(PoolSnapshot& pool, PoolSnapshot& kept);

}  // namespace dbpool
