#pragma once

#include <optional>
#include <string>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// What went wrong last, for people.
struct LastError {
  std::string text;  ///< begins with the codebase-mcp document's phrase where one fits
  WallTime time;
};

/// A pool's last error, or the last acquisition that timed out when that was later; nullopt: nothing has gone
/// wrong since start, or the source does not know. Pure.
std::optional<LastError> last_error(const PoolSnapshot& pool);

/// The same, if it still matters at `now`: the pool is recovering, or the error counts for its health. Pure.
std::optional<LastError> present_error(const PoolSnapshot& pool, WallTime now);

}  // namespace dbpool
