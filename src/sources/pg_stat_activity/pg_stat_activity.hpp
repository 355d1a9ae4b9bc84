#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sources/sql/sql_probe.hpp"

namespace dbpool {

/// The columns by which sessions can be grouped.
inline constexpr std::array<std::string_view, 5> stat_activity_columns{
    "datname", "usename", "application_name", "client_addr", "client_hostname"};

struct StatActivityOptions {
  std::vector<std::string> group_by{"datname", "usename", "application_name"};  ///< columns that make a pool
  Duration leak_after =
      std::chrono::minutes(5);  ///< idle in a transaction for longer is a suspected leak; 0 = off
  unsigned limit = 500;         ///< groups at most; the rest is merged into `other`
  bool show_query = false;      ///< whether a suspected leak shows its last query

  bool operator==(const StatActivityOptions&) const = default;
};

/// Returns a probe that reads applications' pools from the server's side, in pg_stat_activity of PostgreSQL
/// 10 and later. Pools are `<source>/<group values>`, with `-` for an empty value. Beyond the limit, the
/// pools with the fewest sessions are merged into `<source>/other`, and each counts as dropped. A session in
/// a transaction is active. Sessions that the role may not see are in an unknown state. throws Error for a
/// column that is not one of `stat_activity_columns`.
std::unique_ptr<Probe> pg_stat_activity_probe(std::string source, const StatActivityOptions& options,
                                              std::shared_ptr<Driver> driver);

/// Returns the query, whose answer has one row per group and one per suspected leak.
std::string stat_activity_sql(const StatActivityOptions& options);

/// Returns the figures of an answer to `stat_activity_sql`. Pure. throws Error when a column is missing.
ProbeResult parse_stat_activity(const std::string& source, const StatActivityOptions& options,
                                const QueryResult& answer);

}  // namespace dbpool
