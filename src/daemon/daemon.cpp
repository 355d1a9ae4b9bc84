#include "daemon/daemon.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "config/join_sources.hpp"
#include "config/load.hpp"
#include "config/source_files.hpp"
#include "config/warnings.hpp"
#include "config/web_file.hpp"
#include "daemon/descriptor_budget.hpp"
#include "daemon/pool_log.hpp"
#include "daemon/systemd_sockets.hpp"
#include "model/seconds.hpp"
#include "web/http1/listening_sockets.hpp"
#include "web/routes.hpp"

namespace dbpool {
namespace {

constexpr unsigned workers = 4;
constexpr Duration tick_interval = std::chrono::seconds(1);
constexpr Duration look_interval = std::chrono::seconds(5);  // from one look at the source files to the next
constexpr Duration drain_timeout = std::chrono::seconds(30);
constexpr Duration drain_look = std::chrono::milliseconds(20);

MainFile read_main_file(const Flags& flags, const Environment& environment) {
  const auto& file = flags.config_file;
  return file ? MainFile{load_config(*file, environment), file->string()}
              : MainFile{config_from_environment(environment), "environment"};
}

std::vector<std::string> problems_in(const JoinedFiles& files) {
  std::vector<std::string> problems;
  for (const auto& [path, file] : files) std::ranges::copy(file.problems, std::back_inserter(problems));
  return problems;
}

/// Returns the flags with the sockets of systemd, if those are to be served.
Flags with_sockets(Flags flags, const Environment& environment) {
  if (flags.web.systemd_socket) flags.web.listen = systemd_sockets(environment);
  return flags;
}

}  // namespace

Daemon::Daemon(Flags flags, Environment environment, LeveledLogger& logger)
    : flags_(with_sockets(std::move(flags), environment)),
      environment_(std::move(environment)),
      log_(logger),
      journal_(log_, clock_),
      scheduler_(std::make_shared<ThreadScheduler>(workers, clock_)),
      source_files_(
          [env = environment_](const auto& patterns, const auto& before) {
            return read_source_files(patterns, env, before);
          },
          logger_),
      fleet_(
          {scheduler_, clock_}, [this](const PoolOptions& options) { return observer_for(options); },
          [this](const ReadingReport& report) { source_log_.read(report); }, {logger_, pushed_routes_}),
      module_targets_({scheduler_, clock_}, {logger_, pushed_routes_}, snapshotter_) {
  raise_descriptor_limit();
  for (const auto& warning : environment_warnings(environment_, flags_.config_file)) {
    logger_.log(LogLevel::warn, "config", "environment variable ignored", {{"problem", warning}});
  }
  warn(flag_warnings(flags_));
  main_ = read_main_file(flags_, environment_);
  if (const auto& file = flags_.web_config_file) {
    const auto load = [this, &file] { return load_web_config(*file, environment_); };
    web_config_ = std::make_shared<LiveWebConfig>(load, logger_);
  }
  warn(config_warnings(main_.config));
  apply(source_files_.load(main_));
  *reloads_.access() = {true, clock_->wall()};
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
  systemd_reports_.emplace(systemd_, server_->addresses());
  tick_at(clock_->now() + tick_interval);
  look_at(clock_->now() + look_interval);
}

void Daemon::run() {
  systemd_.ready();
  while (signals_.wait() == Signals::Kind::reload) reload();
  shut_down();
}

std::vector<std::string> Daemon::reload() {
  const std::lock_guard lock(reloading_);
  if (stopping_) return {"nothing is reloaded: the process is shutting down"};
  systemd_.reloading(clock_->now());
  auto problems = read_and_apply();
  systemd_.ready();
  return problems;
}

/// Returns the problems because of which nothing has changed. REQUIRES: `reloading_` is locked.
std::vector<std::string> Daemon::read_and_apply() {
  std::vector<std::string> problems;
  try {
    MainFile main = read_main_file(flags_, environment_);
    JoinedConfig joined = source_files_.load(main);
    std::vector<std::string> problems_of_files = problems_in(joined.files);
    warn(config_warnings(main.config));
    apply(std::move(joined));
    main_ = std::move(main);
    *reloads_.access() = {true, clock_->wall()};
    logger_.log(LogLevel::info, "config", "configuration reloaded",
                {{"pools", static_cast<std::int64_t>(main_.config.pools.size())}});
    return problems_of_files;
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

void Daemon::apply(JoinedConfig joined) {
  const Config& config = joined.config;
  check_descriptors(config, logger_);
  snapshotter_->watch(fleet_.apply(config), config.history);
  module_targets_.apply(config.modules);
  source_log_.keep_only(config.sources);
  warn(source_files_.put_in_force(std::move(joined.files)));
}

void Daemon::warn(const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) {
    const auto suppressed = warnings_.admit(warning, clock_->now());
    if (!suppressed) continue;
    logger_.log(LogLevel::warn, "config", "configuration may not mean what it says",
                {{"problem", warning}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
  }
}

/// Schedules a tick at `moment` and one after each `tick_interval`; skips those that were missed.
void Daemon::tick_at(TimePoint moment) {
  scheduler_->at(moment, [this, moment] {
    module_targets_.forget_idle();
    snapshotter_->tick();
    if (!stopping_) fleet_.finish_stopped();  // shutdown does it last, to keep the log in order
    report_to_systemd();
    tick_at(std::max(moment + tick_interval, clock_->now()));
  });
}

void Daemon::report_to_systemd() {
  systemd_reports_->tick(
      clock_->now(), [this] { return stopping_ ? "shutting down" : status_line(snapshotter_->snapshot()); });
}

/// Schedules a look at the source files at `moment`, and one after each `look_interval`.
void Daemon::look_at(TimePoint moment) {
  scheduler_->at(moment, [this, moment] {
    look();
    look_at(std::max(moment + look_interval, clock_->now()));
  });
}

/// Begins to read the source files. A reload that runs at the moment reads them itself.
void Daemon::look() {
  const std::unique_lock lock(reloading_, std::try_to_lock);
  if (!lock.owns_lock() || stopping_) return;
  // Posted, because the thread that reads may outlive this object.
  source_files_.look(main_.config.source_files,
                     [this, scheduler = scheduler_](const SourceFileWatch::Reading& reading) {
                       scheduler->post([this, reading] { end_look(reading); });
                     });
}

void Daemon::end_look(const SourceFileWatch::Reading& reading) {
  const std::unique_lock lock(reloading_, std::try_to_lock);
  if (!lock.owns_lock() || stopping_) return;
  try {
    if (auto joined = source_files_.changed(main_, reading)) apply(std::move(*joined));
  } catch (const std::exception& e) {
    logger_.log(LogLevel::error, "config", "source files cannot be applied", {{"problem", e.what()}});
  }
}

void Daemon::shut_down() {
  const auto began = clock_->now();
  systemd_.stopping();
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
  report.source_files = source_files_.are_good();
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
