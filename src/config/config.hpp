#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "dbpool/drivers/sqlite.hpp"
#include "dbpool/model/dsn.hpp"
#include "dbpool/model/error.hpp"
#include "dbpool/pool/pool_options.hpp"
#include "health/health_policy.hpp"
#include "snapshot/history_options.hpp"
#include "sources/http_json/http_json_options.hpp"
#include "sources/modules/allowed_targets.hpp"
#include "sources/owned/canary_options.hpp"
#include "sources/pg_stat_activity/stat_activity_options.hpp"
#include "sources/pgbouncer/pgbouncer_options.hpp"
#include "sources/pgpool/pgpool_options.hpp"
#include "sources/probe_options.hpp"
#include "sources/prometheus/prometheus_options.hpp"
#include "sources/push/events/events_options.hpp"
#include "sources/push/otlp/otlp_options.hpp"

namespace dbpool {

/// One pool that this process owns, as configured.
struct PoolConfig {
  PoolOptions options;
  std::string driver = "sqlite";  ///< the name of one of `drivers()`
  DsnSource dsn;                  ///< `DsnSource()`, with sqlite only: a private temporary file
  SqliteOptions sqlite;           ///< used with sqlite only
  CanaryOptions canary;
  HealthPolicy health = *health_preset("capacity");
  std::map<std::string, std::string> labels;

  bool operator==(const PoolConfig&) const = default;
};

/// The options of one kind of source. Each kind has one alternative and one row in `source_kinds()`.
using SourceOptions = std::variant<PgBouncerOptions, PgpoolOptions, StatActivityOptions, HttpJsonOptions,
                                   PrometheusOptions, OtlpOptions, EventsOptions>;

/// One source that reads pools of other processes, as configured.
struct SourceConfig {
  ProbeOptions probe;
  SourceOptions options;  ///< of the kind that `probe` names
  HealthPolicy health = *health_preset("capacity");
  std::map<std::string, std::string> labels = {};

  bool operator==(const SourceConfig&) const = default;
};

/// What `/probe` may read on demand: a source without its target, and the targets that it may have.
struct ModuleConfig {
  std::string name;
  SourceConfig source = {};  ///< without a name; its DSN or URL leads to no server
  AllowedTargets targets = {};
  Duration ttl = std::chrono::minutes(5);  ///< how long a target is read without a call for it
  unsigned limit = 50;                     ///< targets at once

  bool operator==(const ModuleConfig&) const = default;
};

/// The settings that a reload may change. Already checked.
struct Config {
  HistoryOptions history;
  std::vector<PoolConfig> pools;
  std::vector<SourceConfig> sources;
  std::vector<std::string> source_files = {};  ///< full paths, with wildcards in the name of the file
  std::vector<ModuleConfig> modules = {};

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
