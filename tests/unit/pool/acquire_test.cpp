#include <doctest/doctest.h>

#include <latch>

#include "support/fakes/fake_pool.hpp"
#include "support/fakes/gate.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using dbpool::test::FakePool;

namespace {

PoolOptions sized(unsigned min, unsigned max) {
  return test::sized(min, max, Validate::never);
}

/// A thread that acquires, signals that it holds, and holds until it is released.
class Caller {
 public:
  Caller(FakePool& pool, std::vector<int>& served, int number)
      : thread_([&pool, &served, number, this] {
          auto lease = pool->acquire();
          served.push_back(number);  // the pool has one connection, so never two threads at once
          has_.count_down();
          let_go_.wait();
        }) {}
  ~Caller() {
    let_go();
    thread_.join();
  }
  void wait_until_served() { has_.wait(); }
  void let_go() {
    if (!std::exchange(released_, true)) let_go_.count_down();
  }

 private:
  std::latch has_{1}, let_go_{1};
  bool released_ = false;
  std::thread thread_;
};

}  // namespace

TEST_CASE("an idle connection is lent at once and comes back by the lease's destructor") {
  FakePool pool(sized(2, 3));
  {
    const auto lease = pool->acquire();
    CHECK(pool.now().active == 1);
    CHECK(pool.now().idle == 1);
  }
  const auto s = pool.now();
  CHECK(s.active == 0);
  CHECK(s.idle == 2);
  CHECK(s.acquisitions == 1);
  CHECK(s.releases == 1);
  CHECK(s.acquisition_duration->count() == 1);
}

TEST_CASE("a caller that waits longer than the objective is slow, served or not") {
  auto options = sized(1, 1);
  options.latency_objective = 10ms;
  FakePool pool(options);
  const auto wait_for = [&](Duration wait) {
    std::optional<Lease> held = pool->acquire();
    pool->acquire_async({.timeout = 20ms, .site = ""}, LeasePurpose::work, [](std::optional<Lease>, auto) {});
    pool.scheduler->advance(wait);
    held.reset();
    pool.scheduler->run();
    return pool.now();
  };
  CHECK(wait_for(10ms).acquisitions_slow == 0);
  CHECK(wait_for(10ms + 1ns).acquisitions_slow == 1);
  CHECK(pool.now().acquisition_timeouts == 0);
  const auto late = wait_for(30ms);
  CHECK(late.acquisition_timeouts == 1);
  CHECK(late.acquisitions_slow == 2);
  CHECK(late.acquisition_duration->count() == *late.acquisitions + 1);
}

TEST_CASE("the connection used last is lent first, so that surplus ones age out") {
  FakePool pool(sized(2, 2));
  void* last = nullptr;
  {
    auto a = pool->acquire();
    auto b = pool->acquire();
    b.release();
    last = a.connection().native_handle();
    a.release();
  }
  auto again = pool->acquire();
  CHECK(again.connection().native_handle() == last);
}

TEST_CASE("the first use of a connection is not a reuse, the second is") {
  FakePool pool(sized(1, 1));
  pool->acquire();
  CHECK(pool.now().reused == 0);
  pool->acquire();
  CHECK(pool.now().reused == 1);
}

TEST_CASE("a caller that finds nothing idle makes the pool open a connection, up to the maximum") {
  FakePool pool(sized(0, 2));
  std::vector<Lease> leases;
  for (int i = 0; i < 2; ++i) {
    std::optional<Lease> lease;
    pool->acquire_async({}, LeasePurpose::work,
                        [&](std::optional<Lease> got, auto) { lease = std::move(got); });
    pool.scheduler->run();
    REQUIRE(lease);
    leases.push_back(std::move(*lease));
  }
  CHECK(pool.database->open == 2);
  CHECK_THROWS_AS(pool->acquire({.timeout = 0s, .site = {}}), AcquireTimeout);
  CHECK(pool.database->open == 2);
}

TEST_CASE("waiters are served in the order they came, and a newcomer does not overtake them") {
  FakePool pool(sized(1, 1));
  std::vector<int> served;
  std::optional<Lease> mine = pool->acquire();
  Caller first(pool, served, 1);
  pool.until_waiting(1);
  Caller second(pool, served, 2);
  pool.until_waiting(2);
  mine.reset();
  first.wait_until_served();
  // The releaser asks again at once, while `second` still waits.
  Caller newcomer(pool, served, 3);
  pool.until_waiting(2);
  first.let_go();
  second.wait_until_served();
  second.let_go();
  newcomer.wait_until_served();
  newcomer.let_go();
  CHECK(served == std::vector{1, 2, 3});
}

TEST_CASE("an acquire that times out says so, and the time it waited is in the histogram") {
  FakePool pool(sized(1, 1));
  const auto held = pool->acquire();
  std::string message;
  std::thread caller([&] {
    try {
      pool->acquire({.timeout = 500ms, .site = {}});
    } catch (const AcquireTimeout& e) {
      message = e.what();
    }
  });
  pool.until_waiting(1);
  pool.clock->advance(700ms);
  caller.join();
  CHECK(message ==
        "acquire from pool 'orders': no connection within 700 ms; 1 of 1 active, 0 others waiting");
  const auto s = pool.now();
  CHECK(s.acquisition_timeouts == 1);
  CHECK(s.last_timeout_at == pool.clock->wall());
  CHECK(s.acquisitions == 1);
  CHECK(s.acquisition_duration->count() == 2);
  CHECK(s.acquisition_duration->sum_seconds() == doctest::Approx(0.7));
  CHECK(s.wait_peak == doctest::Approx(0.7));
  CHECK(s.waiting == 0);
}

TEST_CASE("a bounded queue turns the next caller away at once") {
  auto options = sized(1, 1);
  options.max_waiting = 1;
  FakePool pool(options);
  std::vector<int> served;
  std::optional<Lease> held = pool->acquire();
  Caller waiting(pool, served, 1);
  pool.until_waiting(1);
  CHECK_THROWS_WITH_AS(pool->acquire(),
                       "acquire from pool 'orders': 1 callers wait already, and max_waiting allows no more",
                       AcquireRejected);
  CHECK(pool.now().acquisition_rejections == 1);
  CHECK(pool.now().acquisition_timeouts == 0);
  held.reset();
}

TEST_CASE("those who still wait count in the oldest wait and in the recent peak") {
  FakePool pool(sized(1, 1));
  std::vector<int> served;
  std::optional<Lease> held = pool->acquire();
  Caller waiting(pool, served, 1);
  pool.until_waiting(1);
  pool.clock->advance(3s);
  const auto s = pool.now();
  CHECK(s.oldest_waiter == doctest::Approx(3));
  CHECK(s.wait_recent_peak == doctest::Approx(3));
  CHECK(s.wait_peak == doctest::Approx(0));
  held.reset();
}

TEST_CASE("the recent peak forgets a wait after a minute, the peak never does") {
  FakePool pool(sized(1, 1));
  std::vector<int> served;
  {
    std::optional<Lease> held = pool->acquire();
    Caller waiting(pool, served, 1);
    pool.until_waiting(1);
    pool.clock->advance(2s);
    held.reset();
    waiting.wait_until_served();
  }
  CHECK(pool.now().wait_recent_peak == doctest::Approx(2));
  pool.clock->advance(62s);
  CHECK(pool.now().wait_recent_peak == doctest::Approx(0));
  CHECK(pool.now().wait_peak == doctest::Approx(2));
}

TEST_CASE("try_acquire lends what is idle, and otherwise returns nothing and counts nothing") {
  FakePool pool(sized(1, 1));
  auto lease = pool->try_acquire();
  REQUIRE(lease);
  CHECK_FALSE(pool->try_acquire());
  const auto s = pool.now();
  CHECK(s.acquisitions == 1);
  CHECK(s.acquisition_timeouts == 0);
  CHECK(s.acquisition_rejections == 0);
}

TEST_CASE("an asynchronous acquire that finds nothing ends at its deadline") {
  FakePool pool(sized(1, 1));
  const auto held = pool->acquire();
  std::exception_ptr failure;
  pool->acquire_async({.timeout = 500ms, .site = {}}, LeasePurpose::work,
                      [&](auto, std::exception_ptr e) { failure = e; });
  pool.advance(499ms);
  CHECK(failure == nullptr);
  CHECK(pool.now().waiting == 1);
  pool.advance(1ms);
  CHECK_THROWS_AS(std::rethrow_exception(failure), AcquireTimeout);
  CHECK(pool.now().waiting == 0);
  CHECK(pool.now().acquisition_timeouts == 1);
}

TEST_CASE("the probes among the waiting requests are counted, and counted as waiting") {
  FakePool pool(sized(1, 1));
  const auto held = pool->acquire();
  CHECK(pool.now().probing_waiters == 0);
  for (const auto purpose : {LeasePurpose::probe, LeasePurpose::work, LeasePurpose::probe})
    pool->acquire_async({}, purpose, [](auto, auto) {});
  CHECK(pool.now().waiting == 3);
  CHECK(pool.now().probing_waiters == 2);
}

TEST_CASE("asynchronous acquires end each at its own deadline, in whatever order these come") {
  FakePool pool(sized(1, 1));
  const auto held = pool->acquire();
  std::vector<int> ended;
  for (const int timeout : {300, 100, 200, 100}) {
    pool->acquire_async({.timeout = std::chrono::milliseconds(timeout), .site = {}}, LeasePurpose::work,
                        [&ended, timeout](auto, const std::exception_ptr& e) {
                          CHECK_THROWS_AS(std::rethrow_exception(e), AcquireTimeout);
                          ended.push_back(timeout);
                        });
  }
  pool.advance(99ms);
  CHECK(ended.empty());
  pool.advance(1ms);
  CHECK(ended == std::vector{100, 100});
  pool.advance(100ms);
  CHECK(ended == std::vector{100, 100, 200});
  pool.advance(100ms);
  CHECK(ended == std::vector{100, 100, 200, 300});
}

TEST_CASE("an asynchronous acquire that had to wait leaves nothing behind once it is served") {
  FakePool pool(sized(1, 1));
  const std::size_t before = pool.scheduler->pending();
  for (int i = 0; i < 100; ++i) {
    auto held = pool->acquire();
    bool served = false;
    pool->acquire_async({}, LeasePurpose::work,
                        [&](std::optional<Lease> lease, auto) { served = lease.has_value(); });
    held.release();
    pool.scheduler->run();
    CHECK(served);
  }
  CHECK(pool.scheduler->pending() <= before + 1);
}

TEST_CASE("a lease may outlive its pool") {
  FakePool pool(sized(1, 1));
  auto lease = pool->acquire();
  pool.pool.reset();
  CHECK(pool.database->open == 1);
  CHECK(lease.execute("SELECT 1").rows.size() == 1);
  lease.release();
  CHECK(pool.database->open == 0);
}

TEST_CASE("what a returned lease has still to tell keeps the observer, although the pool goes meanwhile") {
  struct SlowObserver : PoolObserver {
    SlowObserver(Gate& gate, std::atomic<bool>& gone) : gate_(gate), gone_(gone) {}
    ~SlowObserver() override { gone_ = true; }
    void notify(const std::string&, const PoolNotice& what) noexcept override {
      if (std::holds_alternative<notice::LeakReturned>(what)) gate_.pass();
    }
    Gate& gate_;
    std::atomic<bool>& gone_;
  };
  const auto clock = std::make_shared<FakeClock>();
  const auto scheduler = std::make_shared<test::ManualScheduler>(clock);
  const auto database = std::make_shared<test::FakeDatabase>(clock);
  std::atomic<bool> gone{false};
  Gate gate;
  auto options = sized(1, 1);
  options.leak_detection_timeout = 1s;
  std::optional<Pool> pool(std::in_place, options, std::make_shared<test::FakeDriver>(database),
                           Runtime{scheduler, clock}, std::make_shared<SlowObserver>(gate, gone));
  scheduler->run();
  std::optional<Lease> lease = pool->acquire();
  scheduler->advance(3s);
  REQUIRE(pool->snapshot().leaked == 1);
  std::thread holder([&] { lease.reset(); });
  gate.await_arrivals(1);
  pool.reset();
  scheduler->stop();
  CHECK_FALSE(gone);
  gate.open();
  holder.join();
  CHECK(gone);
}

TEST_CASE("waiters are turned away when the pool closes, and so is everybody after that") {
  FakePool pool(sized(1, 1));
  const auto held = pool->acquire();
  bool turned_away = false;
  std::thread caller([&] {
    try {
      pool->acquire();
    } catch (const PoolClosed&) {
      turned_away = true;
    }
  });
  pool.until_waiting(1);
  pool->shut_down();
  caller.join();
  CHECK(turned_away);
  CHECK_THROWS_AS(pool->acquire(), PoolClosed);
  CHECK(pool.now().acquisition_rejections == 2);
}

TEST_CASE("overflow connections are opened under pressure and close when they come back") {
  auto options = sized(1, 1);
  options.max_overflow = 1;
  FakePool pool(options);
  std::vector<Lease> leases;
  leases.push_back(pool->acquire());
  pool->acquire_async({}, LeasePurpose::work, [&](auto lease, auto) { leases.push_back(std::move(*lease)); });
  pool.scheduler->run();
  REQUIRE(leases.size() == 2);
  CHECK(pool.now().overflow == 1);
  CHECK(pool.now().max == 2);
  CHECK(pool.now().configured == 1);
  leases.pop_back();
  const auto s = pool.now();
  CHECK(s.overflow == 0);
  CHECK(s.closed.at(index_of(CloseReason::overflow)) == 1);
  CHECK(pool.database->open == 1);
}

TEST_CASE("a connection that comes back inside a transaction is closed and replaced") {
  FakePool pool(sized(1, 1));
  {
    auto lease = pool->acquire();
    lease.execute("BEGIN");
  }
  pool.advance(1s);
  const auto s = pool.now();
  CHECK(s.closed.at(index_of(CloseReason::error)) == 1);
  CHECK(s.idle == 1);
}

TEST_CASE("a lease that is discarded closes its connection on return") {
  FakePool pool(sized(2, 2));
  {
    auto lease = pool->acquire();
    lease.discard();
  }
  CHECK(pool.now().closed.at(index_of(CloseReason::error)) == 1);
}

TEST_CASE("a statement that fails is counted by what went wrong") {
  FakePool pool(sized(1, 1));
  pool.database->query_refused = true;
  auto lease = pool->acquire();
  CHECK_THROWS_AS(lease.execute("SELEC"), DriverError);
  const auto s = pool.now();
  CHECK(s.errors.at(index_of(ErrorKind::query)) == 1);
  CHECK(s.last_error == "fake database: syntax error");
  CHECK(s.errors_recent == 1);
}

TEST_CASE("with leak_stack the stack is kept however the lease was asked for") {
  auto options = sized(2, 2);
  options.leak_stack = true;
  options.leak_detection_timeout = 1s;
  FakePool pool(options);
  std::optional<Lease> asynchronous;
  pool->acquire_async({}, LeasePurpose::work, [&](auto lease, auto) { asynchronous = std::move(lease); });
  pool.scheduler->run();
  const auto tried = pool->try_acquire();
  pool.advance(3s);
  const auto leaks = pool->leaks();
  REQUIRE(leaks.size() == 2);
  CHECK_FALSE(leaks[0].stack.empty());
  CHECK_FALSE(leaks[1].stack.empty());
}

TEST_CASE("a statement without an answer ends at the pool's command timeout and is counted as one") {
  auto options = sized(1, 1);
  options.command_timeout = 5s;
  FakePool pool(options);
  auto lease = pool->acquire();
  pool.database->silent = true;
  // The caller's own thread waits, and time passes meanwhile.
  pool.database->while_waiting = [&](TimePoint until) { pool.clock->advance(until - pool.clock->now()); };
  const TimePoint began = pool.clock->now();
  try {
    lease.execute("SELECT 1");
    FAIL("there was an answer");
  } catch (const DriverError& error) {
    CHECK(error.kind() == ErrorKind::timeout);
  }
  CHECK(pool.clock->now() - began == 5s);
  CHECK(pool.now().errors.at(index_of(ErrorKind::timeout)) == 1);
  lease.release();
  CHECK(pool.now().closed.at(index_of(CloseReason::error)) == 1);
}

TEST_CASE("the options must make sense") {
  CHECK_THROWS_AS(FakePool(sized(3, 2)), std::invalid_argument);
  CHECK_THROWS_AS(FakePool(sized(0, 0)), std::invalid_argument);
}
