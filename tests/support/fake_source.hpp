#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "sources/pool_source.hpp"

namespace dbpool {

/// A source that reads what it was given. Any thread may call it.
class FakeSource : public PoolSource {
 public:
  FakeSource(std::string name, SourceKind kind) : name_(std::move(name)), kind_(kind) {}

  /// Adds a pool, or replaces the one of that name.
  void set_pool(const PoolSnapshot& pool) {
    const auto reading = reading_.access();
    const auto old = std::ranges::find(reading->pools, pool.pool, &PoolSnapshot::pool);
    if (old != reading->pools.end()) {
      *old = pool;
    } else {
      reading->pools.push_back(pool);
    }
  }
  /// Adds a pool, also a second one of a name.
  void add_pool(const PoolSnapshot& pool) { reading_.access()->pools.push_back(pool); }
  /// A first read has ended.
  void settle() { reading_.access()->settled = true; }
  /// The last reading was good.
  void succeed() {
    const auto reading = reading_.access();
    reading->up = true;
    reading->settled = true;
  }
  /// Another reading was as good.
  void read_again() {
    const auto reading = reading_.access();
    reading->reads = reading->reads.value_or(0) + 1;
  }
  /// The last reading left out pools beyond its limit.
  void drop(std::uint64_t pools) { reading_.access()->dropped_pools = pools; }
  /// The last reading failed.
  void fail() {
    const auto reading = reading_.access();
    reading->pools.clear();
    reading->up = false;
    reading->settled = true;
  }

  /// What every pool has of these.
  void set_details(std::vector<ConnectionSnapshot> connections, std::vector<LeakReport> leaks) {
    connections_ = std::move(connections);
    leaks_ = std::move(leaks);
  }

  const std::string& name() const noexcept override { return name_; }
  SourceKind kind() const noexcept override { return kind_; }
  Reading read() const override { return *reading_.access(); }
  std::vector<ConnectionSnapshot> connections(const std::string& /*pool*/) const override {
    return connections_;
  }
  std::vector<LeakReport> leaks(const std::string& /*pool*/) const override { return leaks_; }

 private:
  std::string name_;
  SourceKind kind_;
  Guarded<Reading> reading_;
  std::vector<ConnectionSnapshot> connections_;  // set before any thread reads it
  std::vector<LeakReport> leaks_;                // so is this
};

}  // namespace dbpool
