#include "daemon/make_source.hpp"

#include "daemon/event_log.hpp"
#include "daemon/otlp_routes.hpp"
#include "daemon/source_log.hpp"
#include "sources/hinted_probe.hpp"
#include "sources/http_json/http_json.hpp"
#include "sources/pg_stat_activity/pg_stat_activity.hpp"
#include "sources/pgbouncer/pgbouncer.hpp"
#include "sources/pgpool/pgpool.hpp"
#include "sources/prometheus/probe.hpp"
#include "sources/push/events/events_source.hpp"
#include "sources/push/otlp/otlp_source.hpp"
#include "sources/synthetic/synthetic.hpp"

namespace dbpool {
namespace {

/// The parts of one source, for its maker.
struct Making {
  const ProbeOptions& probe;
  const SourceParts& parts;

  std::shared_ptr<PoolSource> probed(std::unique_ptr<Probe> reader) const {
    return std::make_shared<ProbedSource>(probe, hinted_probe(std::move(reader), probe.kind), parts.runtime,
                                          parts.on_reading);
  }
  std::shared_ptr<Driver> pooler_driver(const DsnSource& dsn) const {
    return postgres_driver_at(parts.place, dsn, parts.postgres_threads, PostgresCancel::leave);
  }
};

// One maker for the options of each kind of source.

std::shared_ptr<PoolSource> make(const PgBouncerOptions& options, const Making& making) {
  auto pooler = making.probed(pgbouncer_probe(making.probe.name, options, making.pooler_driver(options.dsn)));
  const auto& synthetic = options.synthetic;
  if (!synthetic) return pooler;
  SyntheticRecords records;
  records.ledger.error_window = options.error_window;
  records.ledger.wait_window = options.wait_window;
  records.ledger.latency_objective = making.probe.latency_objective;
  records.on_probe_only = [&logger = making.parts.doors.logger](const PoolKey& pool) {
    log_probe_only(logger, pool);
  };
  return std::make_shared<Synthetic>(pooler, making.pooler_driver(synthetic->dsn),
                                     SyntheticPace{synthetic->interval, making.probe.timeout},
                                     making.parts.runtime, records);
}

std::shared_ptr<PoolSource> make(const PgpoolOptions& options, const Making& making) {
  return making.probed(pgpool_probe(making.probe.name, making.pooler_driver(options.dsn)));
}

std::shared_ptr<PoolSource> make(StatActivityOptions options, const Making& making) {
  options.limit = making.probe.limit;
  const SourceParts& parts = making.parts;
  // A target of /probe gets one connection, and no threads that wait to cancel.
  const auto cancel = parts.place ? PostgresCancel::leave : PostgresCancel::ask;
  return making.probed(
      pg_stat_activity_probe(making.probe.name, options,
                             postgres_driver_at(parts.place, options.dsn, parts.postgres_threads, cancel)));
}

std::shared_ptr<PoolSource> make(const HttpJsonOptions& options, const Making& making) {
  return making.probed(http_json_probe(making.probe.name, options, making.parts.names));
}

std::shared_ptr<PoolSource> make(const PrometheusOptions& options, const Making& making) {
  return making.probed(prometheus_probe(making.probe, options, making.parts.names));
}

/// Returns what opens the port of a source, or its routes in the web server.
OpenDoor door_of(const OtlpOptions& options, const OtlpIntake& intake, const SourceParts& parts) {
  if (!options.listen) return [=, web = parts.doors.web_routes] { return open_otlp_in_web(intake, web); };
  OtlpPort port{.address = {options.listen->host, options.listen->port}};
  if (options.asks_for_login()) {
    const auto& token = options.bearer_token_file;
    port.logins = PushLogins{.users = options.users, .bearer_token_file = token ? token->string() : ""};
  }
  return [=, runtime = parts.runtime] {
    auto door = open_otlp_port(intake, port, runtime);
    intake.logger.log(LogLevel::info, "source", "listening for pushes",
                      {{"source", intake.source}, {"address", door->address()}});
    return door;
  };
}

std::shared_ptr<PoolSource> make(const OtlpOptions& options, const Making& making) {
  const SourceParts& parts = making.parts;
  const auto state = otlp_state(making.probe, options);
  const OtlpIntake intake{
      .source = making.probe.name,
      .receiver = std::make_shared<OtlpReceiver>(state, parts.runtime.clock, options.max_body),
      .max_body = options.max_body,
      .logger = parts.doors.logger};
  return std::make_shared<PushSource>(
      PushParts{making.probe, options.error_window, otlp_pools(state), door_of(options, intake, parts)},
      parts.runtime, parts.on_reading);
}

std::shared_ptr<PoolSource> make(const EventsOptions& options, const Making& making) {
  const Runtime& runtime = making.parts.runtime;
  const SharedBooks books = event_books(making.probe, options, *runtime.clock);
  const EventsObserver observer = logging_observer(making.probe.name, making.parts.doors.logger);
  return std::make_shared<PushSource>(
      PushParts{making.probe, options.error_window, events_pools(books, observer, runtime.clock->now()),
                events_door(options, books, runtime, observer)},
      runtime, making.parts.on_reading);
}

}  // namespace

std::shared_ptr<PoolSource> make_source(const SourceConfig& config, const SourceParts& parts) {
  return std::visit(
      [&](const auto& options) {
        return make(options, {config.probe, parts});
      },
      config.options);
}

}  // namespace dbpool
