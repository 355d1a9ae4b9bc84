#pragma once

#include <memory>
#include <string>

#include "sources/pg_stat_activity/stat_activity_options.hpp"
#include "sources/sql/sql_probe.hpp"

namespace dbpool {

/// Returns a probe that reads applications' pools from the server's side, in pg_stat_activity of PostgreSQL
/// 10 and later. Pools are `<source>/<group values>`, with `-` for an empty value. Beyond the limit, the
/// pools with the fewest sessions are merged into `<source>/other`, and each counts as dropped. `<source>`
/// has the sessions of the whole server. A session in a transaction is active. Sessions that the role may not
/// see are in an unknown state. throws Error for a column that is not one of `stat_activity_columns`.
std::unique_ptr<Probe> pg_stat_activity_probe(std::string source, const StatActivityOptions& options,
                                              std::shared_ptr<Driver> driver);

/// Returns the query, whose answer has one row per group and one per suspected leak.
std::string stat_activity_sql(const StatActivityOptions& options);

/// Returns the query of how many sessions the whole server has and allows, reserved ones excepted.
std::string server_sessions_sql();
/// Adds the entry `<source>` of the whole server, from an answer to `server_sessions_sql`; none if that has
/// no row.
void add_server(ProbeResult& result, const std::string& source, const QueryResult& answer);

/// Returns the figures of an answer to `stat_activity_sql`. Pure. throws Error when a column is missing.
ProbeResult parse_stat_activity(const std::string& source, const StatActivityOptions& options,
                                const QueryResult& answer);

}  // namespace dbpool
