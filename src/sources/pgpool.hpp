#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sources/sql_probe.hpp"

namespace dbpool {

/// Reads Pgpool-II's SHOW commands over `driver`. Pools are `<source>/<database>/<user>`; its children, which
/// they share, and what it counts for all of them together stand under `<source>`. It connects afresh for
/// every reading, since a session takes a child from the applications for as long as it lasts. A pooler that
/// takes the connection and has no child free to serve it is read as saturated.
std::unique_ptr<Probe> pgpool_probe(std::string source, std::shared_ptr<Driver> driver);

/// What is asked, in the order of the answers that `parse_pgpool` takes.
std::vector<Statement> pgpool_statements();
/// Pure. The session that asked counts as idle. throws Error for an answer that lacks what every version has.
ProbeResult parse_pgpool(const std::string& source, const Answers& answers);
/// What is known of a pooler without a free child: the pools it had at the `last` reading, and one caller who
/// has waited for `waited`. Pure.
ProbeResult saturated_pgpool(const std::string& source, const ProbeResult& last, Duration waited);

}  // namespace dbpool
