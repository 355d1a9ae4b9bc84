#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "snapshot/pool_source.hpp"

namespace dbpool {

/// How a reading of a source that is not an owned pool ended. Refers to its parts.
struct ReadingReport {
  const std::string& source;
  SourceKind kind;
  const PoolSource::Reading& reading;
  const std::map<std::string, std::vector<LeakReport>>& leaks;  ///< by `pool` label
};

/// Receives the report of each reading, on a worker, without a lock.
using OnReading = std::function<void(const ReadingReport&)>;

}  // namespace dbpool
