#pragma once

#include <memory>

#include "sources/probe.hpp"

namespace dbpool {

/// The same probe, whose errors also say what is likely to be the cause where the server at the other end is
/// of another kind than `kind`: a database behind PgBouncer instead of its console, a PostgreSQL instead of
/// Pgpool-II, PgBouncer's console instead of a PostgreSQL.
std::unique_ptr<Probe> hinted_probe(std::unique_ptr<Probe> probe, SourceKind kind);

}  // namespace dbpool
