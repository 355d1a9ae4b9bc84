#pragma once

#include <optional>
#include <string>

#include "sources/pool_source.hpp"

namespace dbpool {

/// Whether somebody has told the pooler to serve nobody there.
bool is_held_back(const PoolSnapshot& pool);

/// What a pooler's last reading says of one of its pools. A value.
class PoolView {
 public:
  /// `database`: the pool that has what is told of its database as a whole.
  PoolView(const PoolSource::Reading& reading, const std::string& pool, const std::string& database);

  /// Whether it takes a server back after a transaction.
  bool lends_by_transaction() const { return mode_ == "transaction" || mode_ == "statement"; }
  /// Whether it, or its database, is paused or disabled.
  bool held_back() const { return held_back_; }
  /// Whether no client waits. False where that is not known.
  bool nobody_waits() const { return waiting_ == 0U; }
  /// How many readings there have been.
  std::uint64_t reads() const { return reads_; }

 private:
  std::string mode_;
  bool held_back_ = false;
  PoolSnapshot::Count waiting_;
  std::uint64_t reads_;
};

}  // namespace dbpool
