#pragma once

#include <optional>
#include <string>

#include "snapshot/pool_source.hpp"

namespace dbpool {

/// Returns whether the pool is paused or disabled.
bool is_held_back(const PoolSnapshot& pool);

/// The state of one pool in a pooler's last reading. A value.
class PoolView {
 public:
  PoolView(const PoolSource::Reading& reading, const PoolKey& pool);

  /// Returns whether the pooler takes a server back after a transaction. False when the mode is not known.
  bool lends_by_transaction() const { return mode_ == "transaction" || mode_ == "statement"; }
  /// Returns whether the pool or its database is paused or disabled.
  bool held_back() const { return held_back_; }
  /// Returns whether no client waits. False when that is not known.
  bool no_client_waits() const { return waiting_ == 0U; }
  /// Returns whether the pool has no server connection. False when that is not known.
  bool has_no_server() const { return total_ == 0U; }
  /// Returns the number of readings so far.
  std::uint64_t reads() const { return reads_; }

 private:
  std::string mode_;
  bool held_back_ = false;
  PoolSnapshot::Count waiting_, total_;
  std::uint64_t reads_;
};

}  // namespace dbpool
