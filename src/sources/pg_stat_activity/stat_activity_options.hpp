#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/dsn.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// The columns by which sessions can be grouped.
inline constexpr std::array<std::string_view, 5> stat_activity_columns{
    "datname", "usename", "application_name", "client_addr", "client_hostname"};

struct StatActivityOptions {
  DsnSource dsn;                                                                ///< of the server
  std::vector<std::string> group_by{"datname", "usename", "application_name"};  ///< columns that make a pool
  Duration leak_after =
      std::chrono::minutes(5);  ///< idle in a transaction for longer is a suspected leak; 0 = off
  unsigned limit = 500;         ///< groups at most; the rest is merged into `other`
  bool show_query = false;      ///< whether a suspected leak shows its last query

  bool operator==(const StatActivityOptions&) const = default;
};

}  // namespace dbpool
