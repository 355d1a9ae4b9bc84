#include "daemon/make_source.hpp"

#include "dbpool/model/error.hpp"
#include "sources/pgpool.hpp"
#include "sources/synthetic.hpp"

namespace dbpool {
namespace {

std::unique_ptr<Probe> make_probe(const SourceConfig& config, const SourceParts& parts) {
  const std::string& name = config.probe.name;
  const auto driver = [&] { return postgres_driver(config.dsn, parts.postgres_threads); };
  switch (config.probe.kind) {
    case SourceKind::pgbouncer:
      return pgbouncer_probe(name, config.pgbouncer, driver());
    case SourceKind::pgpool:
      return pgpool_probe(name, driver());
    case SourceKind::pg_stat_activity: {
      StatActivityOptions options = config.activity;
      options.limit = config.probe.limit;
      return pg_stat_activity_probe(name, options, driver());
    }
    case SourceKind::http_json:
      return http_json_probe(name, config.http, parts.names);
    default:
      throw Error("no probe for source " + name);
  }
}

}  // namespace

std::shared_ptr<PoolSource> make_source(const SourceConfig& config, const SourceParts& parts) {
  auto source = std::make_shared<ProbedSource>(config.probe, make_probe(config, parts), parts.runtime,
                                               parts.on_reading);
  const auto& synthetic = config.pgbouncer.synthetic;
  if (!synthetic) return source;
  LedgerOptions ledger;
  ledger.error_window = config.pgbouncer.error_window;
  ledger.wait_window = config.pgbouncer.wait_window;
  return std::make_shared<Synthetic>(source, postgres_driver(synthetic->dsn, parts.postgres_threads),
                                     SyntheticPace{synthetic->interval, config.probe.timeout}, parts.runtime,
                                     ledger);
}

}  // namespace dbpool
