#pragma once

#include <memory>
#include <string>

#include "sources/pg_stat_activity/stat_activity_options.hpp"
#include "sources/sql/sql_probe.hpp"

namespace dbpool {

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
