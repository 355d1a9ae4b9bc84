#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <source_location>
#include <utility>

#include "dbpool/pool/pool.hpp"
#include "dbpool_events/sender.hpp"

namespace dbpool_events {

/// A `dbpool::Lease` that reports its release.
class ReportedLease {
 public:
  ReportedLease(dbpool::Lease lease, std::shared_ptr<Sender> sender, Sender::Pool pool, std::uint64_t number)
      : lease_(std::move(lease)), sender_(std::move(sender)), pool_(pool), number_(number) {}
  ReportedLease(ReportedLease&&) noexcept = default;
  ReportedLease& operator=(ReportedLease&& other) noexcept;
  ~ReportedLease() { report(); }

  dbpool::Lease* operator->() noexcept { return &lease_; }
  dbpool::Lease& operator*() noexcept { return lease_; }
  /// Returns the connection now. Afterwards the lease may only be destroyed or assigned.
  void release() noexcept;

 private:
  void report() noexcept;

  dbpool::Lease lease_;
  std::shared_ptr<Sender> sender_;  ///< nullptr: released, moved from, or not reported
  Sender::Pool pool_;
  std::uint64_t number_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Lends the connections of a `dbpool::Pool`, and reports the leases, the gauges, and what the pool counts. A
/// `PoolObserver` hears of neither acquires nor releases, so it cannot do this. Without a sender nothing is
/// reported. Any thread may call any member.
class ReportedPool {
 public:
  ReportedPool(std::shared_ptr<dbpool::Pool> pool, std::shared_ptr<Sender> sender);
  ~ReportedPool();
  ReportedPool(const ReportedPool&) = delete;
  ReportedPool& operator=(const ReportedPool&) = delete;

  /// `Pool::acquire`, with the same errors.
  ReportedLease acquire(const dbpool::AcquireRequest& request = {},
                        std::source_location where = std::source_location::current());
  /// `Pool::try_acquire`.
  std::optional<ReportedLease> try_acquire(std::source_location where = std::source_location::current());

  dbpool::Pool& pool() noexcept { return *pool_; }

 private:
  ReportedLease reported(dbpool::Lease lease, Sender::Nanoseconds waited, Site site);

  std::shared_ptr<dbpool::Pool> pool_;
  std::shared_ptr<Sender> sender_;
  Sender::Pool events_;
};

}  // namespace dbpool_events
