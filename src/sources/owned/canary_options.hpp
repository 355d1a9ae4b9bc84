#pragma once

#include <chrono>
#include <string>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Options of the canaries of one pool: `concurrency` independent loops, each of them acquire, `query`, keep
/// the lease for `hold`, release, wait `interval`.
struct CanaryOptions {
  Duration interval = std::chrono::seconds(5);  ///< from the end of one turn to the next; 0 = no canary
  unsigned concurrency = 1;                     ///< 1 or more
  Duration hold{0};                             ///< 0 = a probe, which health does not count as load
  std::string query = "SELECT 1";

  bool operator==(const CanaryOptions&) const = default;
};

}  // namespace dbpool
