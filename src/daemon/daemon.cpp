#include "daemon/daemon.hpp"

#include <utility>

#include "config/load.hpp"
#include "config/warnings.hpp"
#include "config/web_file.hpp"
#include "daemon/descriptor_budget.hpp"
#include "model/seconds.hpp"
#include "web/http1/listening_sockets.hpp"
#include "web/routes.hpp"

namespace dbpool {
namespace {

constexpr unsigned workers = 4;
constexpr Duration tick_interval = std::chrono::seconds(1);
constexpr Duration drain_timeout = std::chrono::seconds(30);
constexpr Duration drain_look = std::chrono::milliseconds(20);

Config read_config(const Flags& flags, const Environment& environment) {
  return flags.config_file ? load_config(*flags.config_file, environment)
                           : config_from_environment(environment);
}

}  // namespace

Daemon::Daemon(Flags flags, Environment environment, LeveledLogger& logger)
    : flags_(std::move(flags)),
      environment_(std::move(environment)),
      log_(logger),
      journal_(log_, clock_),
      scheduler_(std::make_shared<ThreadScheduler>(workers, clock_)),
      fleet_(
          {scheduler_, clock_}, [this](const PoolOptions& options) { return observer_for(options); },
          [this](const ReadingReport& report) { source_log_.read(report); }, {logger_, pushed_routes_}),
      module_targets_({scheduler_, clock_}, {logger_, pushed_routes_}, snapshotter_) {
  raise_descriptor_limit();
  for (const auto& warning : environment_warnings(environment_, flags_.config_file)) {
    logger_.log(LogLevel::warn, "config", "environment variable ignored", {{"problem", warning}});
  }
  const Config config = read_config(flags_, environment_);
  if (const auto& file = flags_.web_config_file) {
    const auto load = [this, &file] { return load_web_config(*file, environment_); };
    web_config_ = std::make_shared<LiveWebConfig>(load, logger_);
  }
  apply(config);
  server_.emplace(flags_.web, make_router(flags_.web, web_services(), pushed_routes_), logger_, web_config_);
  for (const auto& address : server_->addresses()) {
    logger_.log(LogLevel::info, "web", "listening",
                {{"address", text_of(address)}, {"telemetry_path", flags_.web.telemetry_path}});
  }
  if (const auto& address = flags_.web.health_listen) {
    health_listener_.emplace(*address, make_health_router(web_services()), Runtime{scheduler_, clock_},
                             logger_);
    logger_.log(LogLevel::info, "web", "listening for health checks",
                {{"address", text_of(health_listener_->address())}});
  }
  tick_at(clock_->now() + tick_interval);
}

void Daemon::run() {
  while (signals_.wait() == Signals::Kind::reload) reload();
  shut_down();
}

std::vector<std::string> Daemon::reload() {
  const std::lock_guard lock(reloading_);
  if (stopping_) return {"nothing is reloaded: the process is shutting down"};
  std::vector<std::string> problems;
  try {
    const Config config = read_config(flags_, environment_);
    apply(config);
    logger_.log(LogLevel::info, "config", "configuration reloaded",
                {{"pools", static_cast<std::int64_t>(config.pools.size())}});
    return {};
  } catch (const ConfigError& e) {
    problems = e.problems();
  } catch (const std::exception& e) {
    problems = {e.what()};
  }
  reloads_.access()->last_successful = false;
  for (const auto& problem : problems) {
    logger_.log(LogLevel::error, "config", "configuration reload failed", {{"problem", problem}});
  }
  return problems;
}

std::optional<ClosedPool> Daemon::close(const std::string& pool) {
  const auto result = fleet_.close(pool);
  if (!result) return std::nullopt;
  return ClosedPool{pool, result->closed_idle, result->closing_active};
}

std::vector<ClosedPool> Daemon::close_all() {
  std::vector<ClosedPool> closed;
  for (const std::string& pool : fleet_.pools()) {
    if (auto one = close(pool)) closed.push_back(std::move(*one));
  }
  return closed;
}

void Daemon::set_log_level(LogLevel level) {
  log_.set_level(level);
  logger_.log(LogLevel::info, "daemon", "log level changed",
              {{"level", std::string(log_level_names[index_of(level)])}});
}

void Daemon::apply(const Config& config) {
  check_descriptors(config, logger_);
  for (const auto& warning : config_warnings(config)) {
    const auto suppressed = warnings_.admit(warning, clock_->now());
    if (!suppressed) continue;
    logger_.log(LogLevel::warn, "config", "configuration may not mean what it says",
                {{"problem", warning}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
  }
  snapshotter_->watch(fleet_.apply(config), config.history);
  module_targets_.apply(config.modules);
  *reloads_.access() = {true, clock_->wall()};
}

/// Schedules a tick at `moment` and one after each `tick_interval`; skips those that were missed.
void Daemon::tick_at(TimePoint moment) {
  scheduler_->at(moment, [this, moment] {
    module_targets_.forget_idle();
    snapshotter_->tick();
    if (!stopping_) fleet_.finish_stopped();  // shutdown does it last, to keep the log in order
    tick_at(std::max(moment + tick_interval, clock_->now()));
  });
}

void Daemon::shut_down() {
  const auto began = clock_->now();
  logger_.log(LogLevel::info, "daemon", "graceful shutdown initiated");
  stopping_ = true;
  {
    const std::lock_guard no_more_reloads(reloading_);
    fleet_.stop();
    module_targets_.stop();
  }
  wait_for_leases();
  const auto active = fleet_.leases_out();
  // Cuts off everything that still waits for a database.
  scheduler_->stop();
  const LogField duration{"duration_s", rounded_seconds_of(clock_->now() - began)};
  if (active > 0) {
    logger_.log(LogLevel::warn, "daemon", "active connections cut off",
                {{"active", static_cast<std::int64_t>(active)}, duration});
  }
  logger_.log(LogLevel::info, "daemon", "all connections closed", {duration});
  fleet_.finish_stopped();
  server_->stop();
}

/// Waits until every lease is back, for 30 s at most; a second SIGTERM or SIGINT ends the wait.
void Daemon::wait_for_leases() {
  const auto until = clock_->now() + drain_timeout;
  if (const auto active = fleet_.leases_out(); active > 0) {
    logger_.log(
        LogLevel::info, "daemon", "waiting for active connections",
        {{"active", static_cast<std::int64_t>(active)}, {"timeout_s", rounded_seconds_of(drain_timeout)}});
  }
  while (fleet_.leases_out() > 0 && clock_->now() < until) {
    if (signals_.wait_for(drain_look) == Signals::Kind::stop) return;
  }
}

WebServices Daemon::web_services() {
  return {
      .snapshot = [this] { return snapshotter_->snapshot(); },
      .exporter = [this] { return exporter_report(); },
      .ready = [this] { return !stopping_ && snapshotter_->ready(); },
      .history = [this](const std::string& pool, Duration span) { return snapshotter_->history(pool, span); },
      .connections = [this](const std::string& pool) { return snapshotter_->connections(pool); },
      .leaks = [this] { return snapshotter_->leaks(); },
      .journal = [this](Duration span) { return journal_.entries(span); },
      .probe = [this](const ProbeCall& call) { return probe(call); },
      .admin = *this};
}

ProbeAnswer Daemon::probe(const ProbeCall& call) {
  const ProbeOutcome outcome = module_targets_.probe(call);
  if (const auto* const refusal = std::get_if<ProbeRefusal>(&outcome)) return *refusal;
  FleetSnapshot fleet = snapshotter_->snapshot_of(std::get<std::string>(outcome));
  if (fleet.sources.empty()) return ProbeRefusal::interrupted;
  return fleet;
}

ExporterReport Daemon::exporter_report() const {
  const auto reloads = *reloads_.access();
  ExporterReport report{build_.version,          build_.revision,      build_.compiler,
                        reloads.last_successful, reloads.last_success, read_process_stats()};
  if (web_config_) report.last_web_reload_successful = web_config_->last_reload_successful();
  return report;
}

std::shared_ptr<PoolObserver> Daemon::observer_for(const PoolOptions& options) {
  // Weak, because the snapshotter holds the pools, and they hold this observer.
  const auto judge = [this, watching = std::weak_ptr(snapshotter_)](const std::string& pool) {
    // Posted, so that the pool's caller does not wait for a judgement.
    scheduler_->post([watching, pool] {
      if (const auto snapshotter = watching.lock()) snapshotter->tick(pool);
    });
  };
  return std::make_shared<PoolLog>(options, logger_, judge);
}

}  // namespace dbpool
