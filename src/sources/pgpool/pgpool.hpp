#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sources/sql/sql_probe.hpp"

namespace dbpool {

/// Returns a probe of Pgpool-II's SHOW commands over `driver`. Pools are `<source>/<database>/<user>`. The
/// children, which these pools share, and the counters of the whole pooler are in `<source>`. Every reading
/// uses a new connection, since a session occupies a child, which applications then lack. A pooler that has
/// no free child to serve the connection is read as saturated.
std::unique_ptr<Probe> pgpool_probe(std::string source, std::shared_ptr<Driver> driver);

/// Returns the statements, in the order of the answers that `parse_pgpool` expects.
std::vector<Statement> pgpool_statements();
/// Returns the figures of the answers. Pure. The exporter's own session counts as idle. throws Error for an
/// answer that lacks a column that every version has.
ProbeResult parse_pgpool(const std::string& source, const Answers& answers);
/// Returns the figures of a pooler without a free child: the pools of the `last` reading, and one client that
/// has waited for `waited`. Pure.
ProbeResult saturated_pgpool(const std::string& source, const ProbeResult& last, Duration waited);

}  // namespace dbpool
