#pragma once

#include <optional>

#include "dbpool/model/dsn.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Options of the timed acquisitions through the pooler.
struct SyntheticOptions {
  DsnSource dsn;                                ///< of a database behind the pooler
  Duration interval = std::chrono::seconds(5);  ///< from the beginning of one to that of the next

  bool operator==(const SyntheticOptions&) const = default;
};

struct PgBouncerOptions {
  DsnSource dsn;         ///< of the console
  bool clients = false;  ///< whether to read SHOW CLIENTS too, which returns one row per client
  std::optional<SyntheticOptions> synthetic;
  Duration error_window = std::chrono::seconds(60);  ///< for the errors that `synthetic` counts
  Duration wait_window = std::chrono::seconds(60);   ///< for the waits that `synthetic` counts

  bool operator==(const PgBouncerOptions&) const = default;
};

}  // namespace dbpool
