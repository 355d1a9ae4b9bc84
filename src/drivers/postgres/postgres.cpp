#include "dbpool/drivers/postgres.hpp"

#include <utility>

#include "drivers/postgres/at_place.hpp"
#include "drivers/postgres/connect.hpp"

namespace dbpool {
namespace {

class PostgresDriver : public Driver {
 public:
  explicit PostgresDriver(std::shared_ptr<PostgresContext> context) : context_(std::move(context)) {
    context_->info.access()->driver = "postgres";
    // A DSN that cannot be read yet is not an error here: the pool keeps trying, and each read sets info().
    try {
      context_->target();
    } catch (const DriverError&) {
      return;
    }
  }

  std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) override {
    return std::make_unique<PostgresConnect>(context_, deadline);
  }

  PoolInfo info() const override { return *context_->info.access(); }

 private:
  std::shared_ptr<PostgresContext> context_;
};

}  // namespace

std::shared_ptr<PostgresThreads> postgres_threads() {
  return std::make_shared<PostgresThreads>();
}

std::shared_ptr<Driver> postgres_driver(DsnSource dsn, std::shared_ptr<PostgresThreads> threads,
                                        PostgresCancel cancel) {
  return postgres_driver_at(std::nullopt, std::move(dsn), std::move(threads), cancel);
}

std::shared_ptr<Driver> postgres_driver_at(std::optional<PostgresPlace> place, DsnSource dsn,
                                           std::shared_ptr<PostgresThreads> threads, PostgresCancel cancel) {
  return std::make_shared<PostgresDriver>(
      std::make_shared<PostgresContext>(std::move(dsn), std::move(threads), cancel, std::move(place)));
}

}  // namespace dbpool
