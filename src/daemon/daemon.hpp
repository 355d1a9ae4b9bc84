#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "config/environment.hpp"
#include "config/flags.hpp"
#include "daemon/build_info.hpp"
#include "daemon/fleet.hpp"
#include "daemon/journal.hpp"
#include "daemon/module_targets.hpp"
#include "daemon/pool_log.hpp"
#include "daemon/signals.hpp"
#include "daemon/source_file_watch.hpp"
#include "daemon/source_log.hpp"
#include "daemon/systemd_notifier.hpp"
#include "daemon/systemd_reports.hpp"
#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"
#include "snapshot/snapshotter.hpp"
#include "web/admin_commands.hpp"
#include "web/civet_server.hpp"
#include "web/http1/listener.hpp"
#include "web/live_web_config.hpp"
#include "web/web_services.hpp"

namespace dbpool {

/// The whole program: sources, snapshotter, web server and signals.
///
/// Locking: `reloading_` lets one reload run at a time, or one change of the source files; other threads see
/// its changes through Guarded values and through the parts' own locks.
class Daemon : public AdminCommands {
 public:
  /// Reads the configuration and starts everything; a database that is down is not an error.
  /// throws ConfigError; Error if it cannot listen.
  Daemon(Flags flags, Environment environment, LeveledLogger& logger);

  /// Blocks until SIGTERM or SIGINT, reloads on SIGHUP, then stops in order.
  void run();
  std::vector<std::string> reload() override;
  std::optional<ClosedPool> close(const std::string& pool) override;
  std::vector<ClosedPool> close_all() override;
  LogLevel log_level() const override { return log_.level(); }
  void set_log_level(LogLevel level) override;

 private:
  /// Stops the threads before the members that they use are destroyed, also when the constructor throws.
  struct StopOnExit {
    ThreadScheduler& scheduler;
    ~StopOnExit() { scheduler.stop(); }
  };
  struct Reloads {
    bool last_successful = true;
    WallTime last_success;
  };

  std::vector<std::string> read_and_apply();
  void apply(JoinedConfig joined);
  void warn(const std::vector<std::string>& warnings);
  void tick_at(TimePoint moment);
  void report_to_systemd();
  void look_at(TimePoint moment);
  void look();
  void end_look(const SourceFileWatch::Reading& reading);
  void shut_down();
  void wait_for_leases();
  WebServices web_services();
  ProbeAnswer probe(const ProbeCall& call);
  ExporterReport exporter_report() const;
  std::shared_ptr<PoolObserver> observer_for(const PoolOptions& options);

  const Flags flags_;
  const Environment environment_;
  const std::shared_ptr<const Clock> clock_ = machine_clock();
  LeveledLogger& log_;
  Journal journal_;
  Logger& logger_ = journal_;
  const BuildInfo build_ = build_info();
  const SystemdNotifier systemd_{environment_};
  const Signals signals_;
  const std::shared_ptr<ThreadScheduler> scheduler_;
  std::atomic<bool> stopping_ = false;
  std::mutex reloading_;
  MainFile main_;                 // in force; guarded by reloading_
  SourceFileWatch source_files_;  // guarded by reloading_
  Guarded<Reloads> reloads_;
  SourceLog source_log_{logger_};
  RepeatLimiter warnings_;  // for warnings about the configuration
  const std::shared_ptr<Snapshotter> snapshotter_ = std::make_shared<Snapshotter>(
      clock_, [this](const HealthChange& change) { log_health_change(logger_, change); });
  const std::shared_ptr<ChangingRoutes> pushed_routes_ = std::make_shared<ChangingRoutes>();
  Fleet fleet_;
  ModuleTargets module_targets_;
  const StopOnExit stop_on_exit_{*scheduler_};
  std::shared_ptr<LiveWebConfig> web_config_;  // nullptr: there is none
  std::optional<CivetServer> server_;
  std::optional<HttpListener> health_listener_;
  std::optional<SystemdReports> systemd_reports_;  // used by the ticks alone
};

}  // namespace dbpool
