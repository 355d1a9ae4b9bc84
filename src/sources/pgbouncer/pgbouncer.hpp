#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sources/pgbouncer/pgbouncer_options.hpp"
#include "sources/sql/sql_probe.hpp"

namespace dbpool {

/// Returns a probe of a PgBouncer console, versions 1.8 to 1.25, over `driver`. Pools are
/// `<source>/<database>/<user>`. Figures that PgBouncer keeps per database are in `<source>/<database>`, all
/// clients of the pooler and those without a database yet in `<source>`, and with `clients` those of an
/// application in `<source>/<database>/<user>/<application>`.
std::unique_ptr<Probe> pgbouncer_probe(std::string source, const PgBouncerOptions& options,
                                       std::shared_ptr<Driver> driver);

/// Returns the statements for the console, in the order of the answers that `parse_pgbouncer` expects.
std::vector<Statement> pgbouncer_statements(const PgBouncerOptions& options);
/// Returns the figures of the answers. Pure. Pools come first and applications last, so that a limit cuts off
/// the least important ones. throws Error for an answer that lacks a column that every version has.
ProbeResult parse_pgbouncer(const std::string& source, const Answers& answers);

}  // namespace dbpool
