#include "daemon/descriptor_budget.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "web/client_limits.hpp"

namespace dbpool {
namespace {

/// Standard streams, the scheduler's, the signals', and what is opened for a moment.
constexpr std::uint64_t own_descriptors = 32;

/// The session of a probed source, and what it takes to cancel a query in it or to ping beside it.
constexpr std::uint64_t descriptors_a_source = 2;

/// SQLite has the database, its journal and its index open; libpq a socket, and for a moment one to cancel.
std::uint64_t descriptors_a_connection(const PoolConfig& pool) {
  return pool.driver == "sqlite" ? 3 : 2;
}

std::uint64_t kept_for_web() {
  return client_limits(descriptor_limit()).descriptors();
}

/// Whether all descriptors but the web server's share are in use: the system gives the lowest that is free.
bool is_spent() {
  const int lowest_free = ::eventfd(0, EFD_CLOEXEC);
  if (lowest_free < 0) return true;
  ::close(lowest_free);
  return static_cast<std::uint64_t>(lowest_free) + kept_for_web() >= descriptor_limit();
}

/// Fails at its first step, as a connect does.
class RefusedConnect final : public ConnectOperation {
 public:
  std::optional<IoWait> advance() override {
    throw DriverError(ErrorKind::connect,
                      fmt::format("open a connection: too few file descriptors; the limit is {}, of which {} "
                                  "are kept for the web server",
                                  descriptor_limit(), kept_for_web()));
  }
  std::unique_ptr<Connection> take() override { return nullptr; }
};

class SparingDriver final : public Driver {
 public:
  explicit SparingDriver(std::shared_ptr<Driver> driver) : driver_(std::move(driver)) {}

  std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) override {
    if (is_spent()) return std::make_unique<RefusedConnect>();
    return driver_->start_connect(deadline);
  }
  PoolInfo info() const override { return driver_->info(); }

 private:
  const std::shared_ptr<Driver> driver_;
};

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

DescriptorNeed descriptors_needed(const Config& config) {
  // Not what the limit leaves to the web server, but what it takes where there is enough.
  const std::uint64_t fixed = own_descriptors + client_limits(UINT64_MAX).descriptors();
  const std::uint64_t probing = descriptors_a_source * config.sources.size();
  DescriptorNeed need{fixed + probing, fixed + probing};
  for (const PoolConfig& pool : config.pools) {
    const std::uint64_t each = descriptors_a_connection(pool);
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

std::shared_ptr<Driver> sparing_driver(std::shared_ptr<Driver> driver) {
  return std::make_shared<SparingDriver>(std::move(driver));
}

}  // namespace dbpool
