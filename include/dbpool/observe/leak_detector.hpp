#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <source_location>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// What is remembered of one lease while it is out. It lives with whoever lends, so that lending allocates
/// nothing, and links itself to the others that are out.
struct LeaseRecord {
  std::uint64_t id = 0;
  std::uint64_t connection = 0;
  std::chrono::nanoseconds acquired_at{0};  ///< stopwatch
  std::source_location where;
  std::string site;  ///< the caller's own name for the place; empty: `where` counts
  std::array<void*, 16> stack{};
  int stack_depth = 0;
  std::chrono::nanoseconds pardoned{0};  ///< of its time: the process stood still, so nobody could return it
  bool suspected = false;
  LeaseRecord* older = nullptr;
  LeaseRecord* newer = nullptr;
};

/// Finds leases that are held longer than a limit. Not thread-safe; a pool keeps it inside its guarded state.
/// Invariant: records are linked in the order they were lent, so those over the limit are the oldest few.
class LeakDetector {
 public:
  /// `limit` 0 = off: nothing is ever suspected.
  explicit LeakDetector(std::chrono::nanoseconds limit) noexcept : limit_(limit) {}
  LeakDetector(const LeakDetector&) = delete;
  LeakDetector& operator=(const LeakDetector&) = delete;

  /// REQUIRES: the record stays where it is until `returned`, and was lent no earlier than all others.
  void lent(LeaseRecord& lease) noexcept;
  /// Returns whether the lease had been suspected.
  bool returned(LeaseRecord& lease) noexcept;
  /// The process has stood still for `pause`: none of it counts against the leases that are out.
  void pardon(std::chrono::nanoseconds pause) noexcept;
  /// Leases that have become suspect since the last sweep. Costs the number of suspects.
  std::vector<const LeaseRecord*> sweep(std::chrono::nanoseconds now);
  /// All suspects, longest held first.
  std::vector<const LeaseRecord*> suspects() const;
  std::uint64_t suspected() const noexcept { return suspected_; }

 private:
  std::chrono::nanoseconds limit_;
  std::uint64_t suspected_ = 0;
  LeaseRecord* oldest_ = nullptr;
  LeaseRecord* newest_ = nullptr;
};

/// What people are told of a lease that is suspected, without its stack.
LeakReport report(const LeaseRecord& lease, std::chrono::nanoseconds now);
/// The frames in words, innermost first. Allocates and may read the program's symbols: not under a lock.
std::vector<std::string> describe_stack(const LeaseRecord& lease);

}  // namespace dbpool
