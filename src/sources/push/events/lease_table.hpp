#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dbpool/observe/leak_detector.hpp"
#include "sources/push/events/text_map.hpp"

namespace dbpool {

/// An open lease that a client has reported.
struct ReportedLease : LeaseRecord {
  std::string_view client, name;  ///< the client, and its name for the lease
  std::string_view place;         ///< the acquiring code; "" = not known
};

/// The open leases of one client in one pool, by the client's names for them. Not thread-safe.
class LeaseTable {
 public:
  /// `client`, `detector`: outlive the table.
  LeaseTable(std::string_view client, LeakDetector& detector) : client_(client), detector_(&detector) {}
  LeaseTable(const LeaseTable&) = delete;
  LeaseTable& operator=(const LeaseTable&) = delete;
  /// Ends all leases.
  ~LeaseTable() { end_all(); }

  bool has(std::string_view name) const { return leases_.contains(name); }
  std::size_t size() const noexcept { return leases_.size(); }

  /// Adds a lease that was given at `at` on the stopwatch. `place`: outlives the lease. REQUIRES: no lease
  /// with that name is out, and none was given later.
  void lend(std::string_view name, std::string_view place, std::chrono::nanoseconds at);
  struct Returned {
    std::optional<LeakReport> leak = std::nullopt;  ///< if it was suspected as a leak
  };
  /// Ends a lease that comes back at `at`. Returns nullopt if no lease with that name is out.
  std::optional<Returned> end(std::string_view name, std::chrono::nanoseconds at);
  struct Ended {
    std::uint64_t leases = 0, suspected = 0;
  };
  /// Ends the leases that were given at `at` or before.
  Ended end_until(std::chrono::nanoseconds at);
  Ended end_all() { return end_until(std::chrono::nanoseconds::max()); }

 private:
  std::string_view client_;
  LeakDetector* detector_;
  TextMap<ReportedLease> leases_;
};

/// Returns the report of a suspected lease. Its connection is not known: the client and its name for the
/// lease stand for it. REQUIRES: the lease is in a LeaseTable.
LeakReport report_of(const LeaseRecord& lease, std::chrono::nanoseconds now);

}  // namespace dbpool
