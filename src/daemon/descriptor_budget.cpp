#include "daemon/descriptor_budget.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/make_driver.hpp"
#include "web/client_limits.hpp"
#include "web/http1/open_connections.hpp"

namespace dbpool {
namespace {

/// Standard streams, the scheduler, the signals, and files that are open for a moment.
constexpr std::uint64_t own_descriptors = 20;

/// The most that a probed source uses: the poller of an HTTP client, two that wake libcurl, a socket and a
/// lookup.
constexpr std::uint64_t descriptors_a_source = 5;

/// Returns what the clients of a source with a port for pushes may use beyond that.
std::uint64_t descriptors_of_clients(const SourceConfig& source) {
  const auto* const otlp = std::get_if<OtlpOptions>(&source.options);
  return otlp != nullptr && otlp->listen ? connections_allowed(SIZE_MAX) : 0;
}

std::uint64_t kept_for_web() {
  return client_limits(descriptor_limit()).descriptors();
}

/// Returns whether all descriptors but the web server's share are in use, counted or not: the system gives
/// the lowest free one.
bool is_spent() {
  const int lowest_free = ::eventfd(0, EFD_CLOEXEC);
  if (lowest_free < 0) return true;
  ::close(lowest_free);
  return static_cast<std::uint64_t>(lowest_free) + kept_for_web() >= descriptor_limit();
}

/// Counts descriptors as open while it lives. They are not all open at once: SQLite opens its journal when it
/// first needs it.
class Claim {
 public:
  Claim(std::shared_ptr<DescriptorCount> count, std::uint64_t size) : count_(std::move(count)), size_(size) {
    *count_ += size_;
  }
  Claim(Claim&&) = default;
  Claim& operator=(Claim&&) = delete;
  ~Claim() {
    if (count_) *count_ -= size_;
  }

  /// Returns whether the limit allows all claimed descriptors.
  bool fits() const { return *count_ + own_descriptors + kept_for_web() <= descriptor_limit(); }

 private:
  std::shared_ptr<DescriptorCount> count_;
  std::uint64_t size_;
};

class CountedConnection final : public Connection {
 public:
  CountedConnection(Claim claim, std::unique_ptr<Connection> connection)
      : claim_(std::move(claim)), connection_(std::move(connection)) {}

  std::unique_ptr<Operation> start_query(std::string sql, Deadline deadline, QueryResult* result) override {
    return connection_->start_query(std::move(sql), deadline, result);
  }
  bool is_broken() const noexcept override { return connection_->is_broken(); }
  void* native_handle() noexcept override { return connection_->native_handle(); }

 private:
  const Claim claim_;  // outlives the connection
  const std::unique_ptr<Connection> connection_;
};

class CountedConnect final : public ConnectOperation {
 public:
  CountedConnect(Claim claim, std::unique_ptr<ConnectOperation> operation)
      : claim_(std::move(claim)), operation_(std::move(operation)) {}

  std::optional<IoWait> advance(TimePoint now) override { return operation_->advance(now); }
  const void* blocks_on() const noexcept override { return operation_->blocks_on(); }
  std::unique_ptr<Connection> take() override {
    return std::make_unique<CountedConnection>(std::move(claim_), operation_->take());
  }

 private:
  Claim claim_;  // outlives the operation
  const std::unique_ptr<ConnectOperation> operation_;
};

/// Fails at its first step, as a connect does.
class RefusedConnect final : public ConnectOperation {
 public:
  std::optional<IoWait> advance(TimePoint /*now*/) override {
    throw DriverError(
        ErrorKind::connect,
        fmt::format("open a connection: too few file descriptors; the limit is {}, and {} of them "
                    "are kept for the web server",
                    descriptor_limit(), kept_for_web()));
  }
  std::unique_ptr<Connection> take() override { return nullptr; }
};

class SparingDriver final : public Driver {
 public:
  SparingDriver(std::shared_ptr<Driver> driver, std::shared_ptr<DescriptorCount> count, std::uint64_t each)
      : driver_(std::move(driver)), count_(std::move(count)), each_(each) {}

  std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) override {
    Claim claim(count_, each_);
    if (!claim.fits() || is_spent()) return std::make_unique<RefusedConnect>();
    return std::make_unique<CountedConnect>(std::move(claim), driver_->start_connect(deadline));
  }
  PoolInfo info() const override { return driver_->info(); }

 private:
  const std::shared_ptr<Driver> driver_;
  const std::shared_ptr<DescriptorCount> count_;
  const std::uint64_t each_;
};

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

DescriptorNeed descriptors_needed(const Config& config) {
  // The web server's full share, not the smaller one that a low limit leaves to it.
  const std::uint64_t fixed = own_descriptors + client_limits(UINT64_MAX).descriptors();
  const std::uint64_t probing = descriptors_a_source * config.sources.size();
  DescriptorNeed need{fixed + probing, fixed + probing};
  for (const SourceConfig& source : config.sources) need.most += descriptors_of_clients(source);
  for (const ModuleConfig& module : config.modules) need.most += descriptors_a_source * module.limit;
  for (const PoolConfig& pool : config.pools) {
    const std::uint64_t each = driver_maker(pool.driver).descriptors;
    need.least += each * pool.options.min_size;
    need.most += each * (std::uint64_t{pool.options.max_size} + pool.options.max_overflow);
  }
  return need;
}

void check_descriptors(const Config& config, Logger& logger) {
  const std::uint64_t limit = descriptor_limit();
  const DescriptorNeed need = descriptors_needed(config);
  if (limit >= need.most) return;
  const auto level = limit < need.least ? LogLevel::error : LogLevel::warn;
  logger.log(level, "daemon", "too few file descriptors",
             {{"limit", static_cast<std::int64_t>(limit)},
              {"needed", static_cast<std::int64_t>(need.least)},
              {"needed_at_most", static_cast<std::int64_t>(need.most)}});
}

std::shared_ptr<Driver> sparing_driver(std::shared_ptr<Driver> driver, std::shared_ptr<DescriptorCount> count,
                                       std::uint64_t each) {
  return std::make_shared<SparingDriver>(std::move(driver), std::move(count), each);
}

}  // namespace dbpool
