#include "daemon/check_targets.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "daemon/make_driver.hpp"
#include "daemon/make_source.hpp"
#include "dbpool/drivers/odbc.hpp"
#include "dbpool/drivers/postgres.hpp"
#include "drivers/postgres/threads.hpp"
#include "health/error_class.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

constexpr unsigned check_workers = 4;
constexpr Duration grace = std::chrono::seconds(1);  // for a target that misses its own timeout

/// How an attempt at a target ended.
struct Outcome {
  std::string problem = {};  ///< "" = it succeeded
  std::optional<ErrorKind> kind = {};
  std::vector<std::string> hints = {};
};

/// The first outcome at each target. Any thread may call it.
class Outcomes {
 public:
  void set(const std::string& target, const Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    outcomes_.try_emplace(target, outcome);
    changed_.notify_all();
  }
  /// Blocks until there is one, at most until `until`.
  Outcome wait(const std::string& target, TimePoint until) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, until, [&] { return outcomes_.contains(target); });
    const auto found = outcomes_.find(target);
    return found == outcomes_.end() ? Outcome{"no result in time", ErrorKind::timeout} : found->second;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Outcome> outcomes_;
};

class NoLog : public Logger {
 public:
  void log(LogLevel, std::string_view, std::string_view, const std::vector<LogField>&) noexcept override {}
};

Outcome outcome_of(const std::exception_ptr& thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
    return {};
  } catch (const DriverError& e) {
    return {e.what(), e.kind()};
  } catch (const std::exception& e) {
    return {e.what()};
  }
}

/// Returns what to check after a problem, whatever the target is.
std::string cure_of(const Outcome& outcome) {
  switch (contact_trouble(outcome.kind, outcome.problem)) {
    case ContactTrouble::refused:
      return "see whether it runs and listens at this address";
    case ContactTrouble::authentication:
      return "check the user, the password and its access rules";
    case ContactTrouble::name:
      return "check the host name and the name service";
    case ContactTrouble::timeout:
      return "see whether the host is up and no firewall drops the packets, or allow a longer timeout";
    case ContactTrouble::starting:
      return "wait: it is starting";
    case ContactTrouble::other:
      break;
  }
  return is_limit_error(outcome.problem) ? "see who uses its connections; it has no room for another" : "";
}

CheckedTarget failed(CheckedTarget target, const Outcome& outcome) {
  target.result = CheckedTarget::Result::failed;
  target.found = outcome.problem;
  target.cure = cure_of(outcome);
  return target;
}

bool is_pushed(SourceKind kind) {
  return kind == SourceKind::otlp || kind == SourceKind::events;
}

/// Something to connect to and query.
struct Database {
  std::string name, kind;
  std::shared_ptr<Driver> driver;
  std::string query;
  Duration connect_timeout, query_timeout;
};

/// One check of everything.
class Check {
 public:
  explicit Check(const Config& config) : config_(config) {}
  ~Check() {
    scheduler_->stop();
    await_rest(*odbc_threads_, Deadline::after(clock_->now(), grace / 2));
  }
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;

  std::vector<CheckedTarget> run() {
    for (const PoolConfig& pool : config_.pools) {
      databases_.push_back({pool.options.name, pool.driver, driver_of(pool), pool.options.validation_query,
                            pool.options.connect_timeout, pool.options.validation_timeout});
    }
    for (const SourceConfig& source : config_.sources) add_synthetic(source);
    for (const Database& database : databases_) connect(database);
    std::vector<std::shared_ptr<PoolSource>> sources;
    for (const SourceConfig& source : config_.sources) {
      const bool pushed = is_pushed(source.probe.kind);
      sources.push_back(pushed ? nullptr : make_source(source, source_parts()));
    }
    std::vector<CheckedTarget> targets;
    for (const Database& database : databases_) targets.push_back(result_of(database));
    for (std::size_t i = 0; i < sources.size(); ++i)
      targets.push_back(result_of(config_.sources[i], sources[i]));
    return targets;
  }

 private:
  std::shared_ptr<Driver> driver_of(const PoolConfig& pool) {
    return driver_maker(pool.driver).make(pool, {postgres_threads_, odbc_threads_, private_database_});
  }

  void add_synthetic(const SourceConfig& source) {
    const auto* const pooler = std::get_if<PgBouncerOptions>(&source.options);
    if (pooler == nullptr || !pooler->synthetic) return;
    databases_.push_back({source.probe.name + " synthetic", "postgres",
                          postgres_driver(pooler->synthetic->dsn, postgres_threads_, PostgresCancel::leave),
                          "SELECT 1", source.probe.timeout, source.probe.timeout});
  }

  void connect(const Database& database) {
    const std::shared_ptr<ConnectOperation> connecting =
        database.driver->start_connect(Deadline::after(began_, database.connect_timeout));
    run_on(runtime(), connecting, [this, &database, connecting](const std::exception_ptr& thrown) {
      if (thrown) return outcomes_.set(database.name, outcome_of(thrown));
      query(database, connecting->take());
    });
  }

  void query(const Database& database, std::shared_ptr<Connection> connection) {
    auto querying =
        connection->start_query(database.query, Deadline::after(clock_->now(), database.query_timeout));
    run_on(runtime(), std::move(querying),
           [this, &database, connection = std::move(connection)](const std::exception_ptr& thrown) {
             outcomes_.set(database.name, outcome_of(thrown));
           });
  }

  CheckedTarget result_of(const Database& database) {
    CheckedTarget target{database.name, database.kind};
    const Outcome outcome =
        outcomes_.wait(database.name, began_ + database.connect_timeout + database.query_timeout + grace);
    if (!outcome.problem.empty()) return failed(std::move(target), outcome);
    target.result = CheckedTarget::Result::ok;
    target.found = "a connection opened and answered";
    return target;
  }

  CheckedTarget result_of(const SourceConfig& config, const std::shared_ptr<PoolSource>& source) {
    CheckedTarget target{config.probe.name, std::string(to_string(config.probe.kind))};
    if (source == nullptr) {
      target.result = CheckedTarget::Result::skipped;
      target.found = "senders push to it, so there is nothing to read";
      return target;
    }
    const Outcome outcome = outcomes_.wait(config.probe.name, began_ + config.probe.timeout + grace);
    if (!outcome.problem.empty()) return failed(std::move(target), outcome);
    const std::size_t pools = source->read()->pools.size();
    target.result = CheckedTarget::Result::ok;
    target.found = fmt::format("read, with {} pool{}", pools, pools == 1 ? "" : "s");
    target.hints = outcome.hints;
    return target;
  }

  Runtime runtime() const { return {scheduler_, clock_}; }
  SourceParts source_parts() {
    return {runtime(),
            postgres_threads_,
            {postgres_threads_, &postgres_threads_->names},
            [this](const ReadingReport& report) {
              const bool failed = report.reading.up == false;
              outcomes_.set(report.source,
                            {failed ? report.reading.last_error : "", std::nullopt, report.reading.hints});
            },
            {no_log_, nullptr}};
  }

  const Config& config_;
  const std::shared_ptr<const Clock> clock_ = machine_clock();
  const TimePoint began_ = clock_->now();
  NoLog no_log_;
  Outcomes outcomes_;
  std::optional<PrivateDatabase> private_database_;
  const std::shared_ptr<PostgresThreads> postgres_threads_ = postgres_threads();
  const std::shared_ptr<OdbcThreads> odbc_threads_ = odbc_threads();
  std::vector<Database> databases_;
  const std::shared_ptr<ThreadScheduler> scheduler_ =
      std::make_shared<ThreadScheduler>(check_workers, clock_);
};

}  // namespace

std::vector<CheckedTarget> check_targets(const Config& config) {
  return Check(config).run();
}

}  // namespace dbpool
