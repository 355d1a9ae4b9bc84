#pragma once

#include <string>

#include "dbpool/model/names.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Options of every probed source.
struct ProbeOptions {
  std::string name;  ///< the `source` label, and the beginning of every `pool` label
  SourceKind kind = SourceKind::pgbouncer;
  Duration interval = std::chrono::seconds(5);  ///< from the beginning of one reading to that of the next
  Duration timeout = std::chrono::seconds(2);   ///< for one reading, connecting included
  unsigned limit = 500;                         ///< pools at most; others are dropped and counted
  /// Longer acquisitions count as slow, where the target reports how long they take or `synthetic` measures
  /// it; 0 = off.
  Duration latency_objective = std::chrono::milliseconds(10);

  bool operator==(const ProbeOptions&) const = default;
};

}  // namespace dbpool
