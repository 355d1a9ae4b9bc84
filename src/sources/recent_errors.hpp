#pragma once

#include <map>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/observe/recent_window.hpp"

namespace dbpool {

/// A count of recent errors, kept from one reading to the next, for targets that report only a total or the
/// time of the last error. A total that decreases has restarted at 0. One thread at a time.
class RecentErrors {
 public:
  /// `window`: positive; for the snapshot's errors_recent.
  explicit RecentErrors(std::chrono::nanoseconds window) : window_(window) {}

  /// Completes the pools of a reading made at `now` and, on the wall clock, at `wall`. REQUIRES: `pools` are
  /// unique.
  void complete(std::vector<PoolSnapshot>& pools, std::chrono::nanoseconds now, WallTime wall);

 private:
  struct Seen {
    std::uint64_t total;
    RecentCount recent, last_hour;
  };

  std::chrono::nanoseconds window_;
  std::map<std::string, Seen> seen_;  // by label; pools of the last reading only
};

}  // namespace dbpool
