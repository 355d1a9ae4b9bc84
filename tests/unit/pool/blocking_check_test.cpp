#include <doctest/doctest.h>

#include <atomic>

#include "dbpool/pool/pool.hpp"
#include "support/eventually.hpp"
#include "support/fakes/fake_pool.hpp"
#include "support/fakes/gate.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// A database whose library only blocks.
struct BlockingDatabase {
  Gate gate;
  std::atomic<bool> hangs{false}, refuses{false};

  /// Runs one check on the calling thread.
  void answer() {
    if (hangs) gate.pass();
    if (refuses.exchange(false)) throw DriverError(ErrorKind::network, "fake database: connection lost");
  }
};

class BlockingDriver : public Driver {
 public:
  explicit BlockingDriver(BlockingDatabase& database) : database_(database) {}

  std::unique_ptr<ConnectOperation> start_connect(Deadline) override {
    struct Connected : ConnectOperation {
      explicit Connected(BlockingDatabase& database) : database_(database) {}
      std::optional<IoWait> advance(TimePoint /*now*/) override { return std::nullopt; }
      std::unique_ptr<Connection> take() override { return std::make_unique<Opened>(database_); }
      BlockingDatabase& database_;
    };
    return std::make_unique<Connected>(database_);
  }
  PoolInfo info() const override { return {"fake", "db", "user", {}}; }

 private:
  struct Opened : Connection {
    explicit Opened(BlockingDatabase& database) : database_(database) {}
    std::unique_ptr<Operation> start_query(std::string, Deadline, QueryResult*) override {
      struct Check : Operation {
        explicit Check(BlockingDatabase& database) : database_(database) {}
        std::optional<IoWait> advance(TimePoint /*now*/) override {
          database_.answer();
          return std::nullopt;
        }
        const void* blocks_on() const noexcept override { return &database_; }
        BlockingDatabase& database_;
      };
      return std::make_unique<Check>(database_);
    }
    bool is_broken() const noexcept override { return false; }
    void* native_handle() noexcept override { return this; }
    BlockingDatabase& database_;
  };

  BlockingDatabase& database_;
};

/// A pool of one connection, whose checks may take longer than any caller here waits.
struct BlockingPool {
  BlockingPool() {
    auto options = test::sized(1, 1, Validate::always);
    options.validation_timeout = 1h;
    pool.emplace(options, std::make_shared<BlockingDriver>(database), Runtime::start(1));
    REQUIRE(eventually([this] { return pool->snapshot().idle == 1U; }, 10s));
  }

  BlockingDatabase database;
  std::optional<Pool> pool;
};

}  // namespace

TEST_CASE("a check that blocks holds its caller no longer than the caller waits, and goes on without it") {
  BlockingPool tested;
  tested.database.hangs = true;
  CHECK_THROWS_AS(tested.pool->acquire({.timeout = 50ms, .site = {}}), AcquireTimeout);
  tested.database.gate.await_arrivals(1);
  CHECK(tested.pool->snapshot().checking == 1U);
  tested.database.gate.open();
  CHECK(tested.pool->acquire({.timeout = 10min, .site = {}}).connection().native_handle() != nullptr);
  const PoolSnapshot now = tested.pool->snapshot();
  CHECK(now.created == 1U);
  CHECK(now.acquisition_timeouts == 1U);
  CHECK(now.health_check_failures == 0U);
}

TEST_CASE("a check that blocks and fails while its caller waits gives the caller another connection") {
  BlockingPool tested;
  tested.database.refuses = true;
  CHECK(tested.pool->acquire({.timeout = 10min, .site = {}}).connection().native_handle() != nullptr);
  const PoolSnapshot now = tested.pool->snapshot();
  CHECK(now.created == 2U);
  CHECK(now.health_check_failures == 1U);
}
