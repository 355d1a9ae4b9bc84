#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/dsn.hpp"
#include "sources/sql_probe.hpp"

namespace dbpool {

/// A timed acquisition through the pooler.
struct SyntheticOptions {
  DsnSource dsn;                                ///< of a database behind the pooler
  Duration interval = std::chrono::seconds(5);  ///< from one to the next

  bool operator==(const SyntheticOptions&) const = default;
};

struct PgBouncerOptions {
  bool clients = false;  ///< also read SHOW CLIENTS, which costs one row a client
  std::optional<SyntheticOptions> synthetic;
  Duration error_window = std::chrono::seconds(60);  ///< for what `synthetic` tells
  Duration wait_window = std::chrono::seconds(60);   ///< likewise

  bool operator==(const PgBouncerOptions&) const = default;
};

/// Reads a PgBouncer console, versions 1.8 to 1.25, over `driver`. Pools are `<source>/<database>/<user>`;
/// figures that PgBouncer keeps per database stand under `<source>/<database>`, clients that have no database
/// yet under `<source>`, and with `clients` those of an application under
/// `<source>/<database>/<user>/<application>`.
std::unique_ptr<Probe> pgbouncer_probe(std::string source, const PgBouncerOptions& options,
                                       std::shared_ptr<Driver> driver);

/// What is asked of the console, in the order of the answers that `parse_pgbouncer` takes.
std::vector<Statement> pgbouncer_statements(const PgBouncerOptions& options);
/// Pure. Pools come first and applications last, so that a limit cuts off what matters least.
/// throws Error for an answer that lacks what every version has.
ProbeResult parse_pgbouncer(const std::string& source, const Answers& answers);

}  // namespace dbpool
