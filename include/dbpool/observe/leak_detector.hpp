#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <source_location>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// Record of one lease that is not yet returned, linked to the other such records. The lender owns it, so
/// lending allocates nothing.
struct LeaseRecord {
  std::uint64_t id = 0;
  std::uint64_t connection = 0;
  std::chrono::nanoseconds acquired_at{0};  ///< stopwatch
  std::source_location where;
  std::string site;  ///< the caller's name for the place; empty: use `where`
  std::array<void*, 16> stack{};
  int stack_depth = 0;
  std::chrono::nanoseconds pardoned{0};  ///< time that does not count, because the process was stopped
  bool suspected = false;
  LeaseRecord* older = nullptr;
  LeaseRecord* newer = nullptr;
};

/// Finds leases that are held longer than a limit. Not thread-safe; a pool keeps it in its guarded state.
/// Invariant: records are linked in the order of lending, so the records over the limit are the oldest.
class LeakDetector {
 public:
  /// `limit` 0 = off.
  explicit LeakDetector(std::chrono::nanoseconds limit) noexcept : limit_(limit) {}
  LeakDetector(const LeakDetector&) = delete;
  LeakDetector& operator=(const LeakDetector&) = delete;

  /// Adds a lease. REQUIRES: the record keeps its address until `returned`; it is the latest lent.
  void lent(LeaseRecord& lease) noexcept;
  /// Removes a lease. Returns whether it was suspected.
  bool returned(LeaseRecord& lease) noexcept;
  /// Excludes `pause` from the time of all leases, because the process was stopped for that long.
  void pardon(std::chrono::nanoseconds pause) noexcept;
  /// Returns the leases that became suspects since the last sweep. Takes time linear in all suspects.
  std::vector<const LeaseRecord*> sweep(std::chrono::nanoseconds now);
  /// Returns all suspects, longest held first.
  std::vector<const LeaseRecord*> suspects() const;
  std::uint64_t suspected() const noexcept { return suspected_; }

 private:
  std::chrono::nanoseconds limit_;
  std::uint64_t suspected_ = 0;
  LeaseRecord* oldest_ = nullptr;
  LeaseRecord* newest_ = nullptr;
};

/// Returns the report of a suspected lease, without its stack.
LeakReport report(const LeaseRecord& lease, std::chrono::nanoseconds now);
/// Returns the frames as text, innermost first. Allocates and may read the program's symbols, so do not call
/// it under a lock.
std::vector<std::string> describe_stack(const LeaseRecord& lease);

}  // namespace dbpool
