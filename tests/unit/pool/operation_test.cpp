#include <doctest/doctest.h>

#include "support/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

TEST_CASE("an operation runs on the scheduler and holds no thread while it waits") {
  const auto clock = std::make_shared<FakeClock>();
  const auto scheduler = std::make_shared<test::ManualScheduler>(clock);
  const auto database = std::make_shared<test::FakeDatabase>(clock);
  database->connect_takes = Duration(50ms);
  test::FakeDriver driver(database);
  std::shared_ptr<Operation> operation = driver.start_connect(Deadline(clock->now() + 1s));
  bool done = false;
  run_on(scheduler, operation, [&](std::exception_ptr e) { done = e == nullptr; });
  scheduler->advance(49ms);
  CHECK_FALSE(done);
  scheduler->advance(1ms);
  CHECK(done);
}

TEST_CASE("what an operation throws reaches the one who waits for it") {
  const auto clock = std::make_shared<FakeClock>();
  const auto scheduler = std::make_shared<test::ManualScheduler>(clock);
  const auto database = std::make_shared<test::FakeDatabase>(clock);
  database->up = false;
  test::FakeDriver driver(database);
  std::exception_ptr thrown;
  run_on(scheduler, driver.start_connect(Deadline()), [&](std::exception_ptr e) { thrown = e; });
  scheduler->run();
  CHECK_THROWS_AS(std::rethrow_exception(thrown), DriverError);
  CHECK_THROWS_AS(connect(driver, Deadline()), DriverError);
}
