#pragma once

#include <string>
#include <string_view>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// One thing that happened to a pool, a source or the configuration.
struct JournalEntry {
  TimePoint at;                                ///< on the steady clock, for its age
  std::chrono::system_clock::time_point time;  ///< for people
  std::string_view kind;                       ///< one of a few fixed words, such as `source_lost`
  std::string source, pool;                    ///< "" = it happened to none
  std::string message;                         ///< no secret
};

}  // namespace dbpool
