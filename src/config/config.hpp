#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/drivers/sqlite.hpp"
#include "dbpool/model/dsn.hpp"
#include "dbpool/model/error.hpp"
#include "dbpool/pool/pool_options.hpp"
#include "health/health_policy.hpp"
#include "snapshot/history.hpp"
#include "sources/http_json/http_json.hpp"
#include "sources/owned/canary_options.hpp"
#include "sources/pg_stat_activity/pg_stat_activity.hpp"
#include "sources/pgbouncer/pgbouncer.hpp"
#include "sources/probe_options.hpp"

namespace dbpool {

/// One pool that this process owns, as configured.
struct PoolConfig {
  PoolOptions options;
  std::string driver = "sqlite";  ///< one of `driver_names`
  DsnSource dsn;                  ///< `DsnSource()`, with sqlite only: a private temporary file
  SqliteOptions sqlite;           ///< used with sqlite only
  CanaryOptions canary;
  HealthPolicy health = *health_preset("capacity");
  std::map<std::string, std::string> labels;

  bool operator==(const PoolConfig&) const = default;
};

/// One source that reads pools of other processes, as configured. Only the options of its kind are used.
struct SourceConfig {
  ProbeOptions probe;
  DsnSource dsn;  ///< pgbouncer, pgpool, pg_stat_activity
  PgBouncerOptions pgbouncer;
  StatActivityOptions activity;
  HttpJsonOptions http;
  HealthPolicy health = *health_preset("capacity");

  bool operator==(const SourceConfig&) const = default;
};

/// The drivers in this build.
inline constexpr std::array<std::string_view, 3> driver_names{"sqlite", "postgres", "odbc"};

/// The settings that a reload may change. Already checked.
struct Config {
  HistoryOptions history;
  std::vector<PoolConfig> pools;
  std::vector<SourceConfig> sources;

  bool operator==(const Config&) const = default;
};

/// All errors in the flags, the environment or the configuration file.
class ConfigError : public Error {
 public:
  explicit ConfigError(std::vector<std::string> problems);

  /// Returns one line for each error, in the order of the file, without secrets.
  const std::vector<std::string>& problems() const noexcept { return problems_; }

 private:
  std::vector<std::string> problems_;
};

}  // namespace dbpool
