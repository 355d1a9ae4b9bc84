#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "snapshot/pool_source.hpp"

namespace dbpool {

/// A source whose reading is set by the test. Any thread may call it.
class FakeSource : public PoolSource {
 public:
  FakeSource(std::string name, SourceKind kind) : name_(std::move(name)), kind_(kind) {}

  /// Adds a pool, or replaces the one with that name.
  void set_pool(const PoolSnapshot& pool) {
    const auto reading = reading_.access();
    const auto old = std::ranges::find(reading->pools, pool.label(), &PoolSnapshot::label);
    if (old != reading->pools.end()) {
      *old = pool;
    } else {
      reading->pools.push_back(pool);
    }
  }
  /// Marks the first read as ended.
  void settle() { reading_.access()->settled = true; }
  /// Makes the last reading a success.
  void succeed() {
    const auto reading = reading_.access();
    reading->up = true;
    reading->settled = true;
  }
  /// Adds another success.
  void read_again() {
    const auto reading = reading_.access();
    reading->reads = reading->reads.value_or(0) + 1;
  }
  /// Reports pools that the last reading dropped at its limit.
  void drop(std::uint64_t pools) { reading_.access()->dropped_pools = pools; }
  /// Makes the last reading a failure.
  void fail() {
    const auto reading = reading_.access();
    reading->pools.clear();
    reading->up = false;
    reading->settled = true;
  }

  /// Reports servers that are lent to clients.
  void lend(std::vector<LentServer> lent) { reading_.access()->lent = std::move(lent); }

  /// Sets the connections and leaks of every pool.
  void set_details(std::vector<ConnectionSnapshot> connections, std::vector<LeakReport> leaks) {
    connections_ = std::move(connections);
    leaks_ = std::move(leaks);
  }

  int times_read() const { return times_read_; }

  const std::string& name() const noexcept override { return name_; }
  SourceKind kind() const noexcept override { return kind_; }
  std::shared_ptr<const Reading> read() const override {
    ++times_read_;
    return std::make_shared<const Reading>(*reading_.access());
  }
  std::vector<ConnectionSnapshot> connections(const std::string& /*pool*/) const override {
    return connections_;
  }
  std::vector<LeakReport> leaks(const std::string& /*pool*/) const override { return leaks_; }

 private:
  std::string name_;
  SourceKind kind_;
  mutable std::atomic<int> times_read_{0};
  Guarded<Reading> reading_;
  std::vector<ConnectionSnapshot> connections_;  // set before any thread reads it
  std::vector<LeakReport> leaks_;                // the same
};

}  // namespace dbpool
