#pragma once

#include <memory>

#include "sources/probe.hpp"

namespace dbpool {

/// Wraps `probe` so that its errors also name the likely cause when the server at the other end is not of
/// `kind`: a database behind PgBouncer instead of its console, PostgreSQL instead of Pgpool-II, PgBouncer's
/// console instead of PostgreSQL.
std::unique_ptr<Probe> hinted_probe(std::unique_ptr<Probe> probe, SourceKind kind);

}  // namespace dbpool
