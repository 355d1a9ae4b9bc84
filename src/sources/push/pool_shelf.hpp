#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// What a source keeps of its pools besides what their senders keep: the counters of senders that have left,
/// and what was shown last. At most as many pools as the limit. Not thread-safe.
class PoolShelf {
 public:
  struct Pool {
    TimePoint heard;
    std::size_t senders = 0;  ///< that have series of it
    PoolSnapshot retired;     ///< the counters of senders that have left
    PoolSnapshot shown;       ///< as it was shown last, for its counters and bounds
  };

  explicit PoolShelf(std::size_t most) : most_(most) {}

  /// Returns the pool of that name, and makes one if it is new; nullptr beyond the limit. A pool without
  /// senders makes room, the one that is silent for longest first.
  Pool* admit(const std::string& name, TimePoint now);
  /// Returns the pool of that name; nullptr if there is none.
  Pool* find(const std::string& name);
  /// Forgets the pools without senders that were not heard since `before`.
  void forget(TimePoint before);
  /// Returns the number of pools that were refused lately.
  std::size_t dropped() const noexcept { return dropped_.size(); }

 private:
  std::size_t most_;
  std::unordered_map<std::string, Pool> pools_;
  std::unordered_map<std::size_t, TimePoint> dropped_;  ///< when a name was refused last, by its hash
};

}  // namespace dbpool
