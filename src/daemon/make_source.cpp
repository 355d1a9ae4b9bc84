#include "daemon/make_source.hpp"

#include "dbpool/model/error.hpp"
#include "sources/hinted_probe.hpp"
#include "sources/pgpool/pgpool.hpp"
#include "sources/synthetic/synthetic.hpp"

namespace dbpool {
namespace {

std::shared_ptr<Driver> pooler_driver(const DsnSource& dsn, const SourceParts& parts) {
  return postgres_driver(dsn, parts.postgres_threads, PostgresCancel::leave);
}

std::unique_ptr<Probe> make_probe(const SourceConfig& config, const SourceParts& parts) {
  const std::string& name = config.probe.name;
  switch (config.probe.kind) {
    case SourceKind::pgbouncer:
      return pgbouncer_probe(name, config.pgbouncer, pooler_driver(config.dsn, parts));
    case SourceKind::pgpool:
      return pgpool_probe(name, pooler_driver(config.dsn, parts));
    case SourceKind::pg_stat_activity: {
      StatActivityOptions options = config.activity;
      options.limit = config.probe.limit;
      return pg_stat_activity_probe(name, options, postgres_driver(config.dsn, parts.postgres_threads));
    }
    case SourceKind::http_json:
      return http_json_probe(name, config.http, parts.names);
    default:
      throw Error("no probe for source " + name);
  }
}

}  // namespace

std::shared_ptr<PoolSource> make_source(const SourceConfig& config, const SourceParts& parts) {
  auto source =
      std::make_shared<ProbedSource>(config.probe, hinted_probe(make_probe(config, parts), config.probe.kind),
                                     parts.runtime, parts.on_reading);
  const auto& synthetic = config.pgbouncer.synthetic;
  if (!synthetic) return source;
  LedgerOptions ledger;
  ledger.error_window = config.pgbouncer.error_window;
  ledger.wait_window = config.pgbouncer.wait_window;
  return std::make_shared<Synthetic>(source, pooler_driver(synthetic->dsn, parts),
                                     SyntheticPace{synthetic->interval, config.probe.timeout}, parts.runtime,
                                     ledger);
}

}  // namespace dbpool
