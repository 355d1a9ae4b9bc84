#pragma once

#include <optional>
#include <string>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// The last error, described for people.
struct LastError {
  std::string text;  ///< begins with the codebase-mcp document's phrase where one fits
  WallTime time;
};

/// Returns a pool's last error or its last timed out acquisition, whichever is later; nullopt: none since
/// start, or not known to the source. Pure.
std::optional<LastError> last_error(const PoolSnapshot& pool);

/// Returns the error that matters at `now`: the last one while the pool is recovering or has recent errors,
/// else an acquisition that timed out in the last 60 s. Pure.
std::optional<LastError> present_error(const PoolSnapshot& pool, WallTime now);

}  // namespace dbpool
