#include <doctest/doctest.h>

#include "support/fakes/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// Never completes; on destruction records whether the object owned by `done` still exists.
class Waiting : public Operation {
 public:
  Waiting(std::weak_ptr<int> kept, bool& was_there) : kept_(std::move(kept)), was_there_(was_there) {}
  ~Waiting() override { was_there_ = !kept_.expired(); }
  std::optional<IoWait> advance(TimePoint /*now*/) override { return IoWait{}; }

 private:
  std::weak_ptr<int> kept_;
  bool& was_there_;
};

/// Counts the blocking tasks; `inside` is true while one runs.
class Counting : public test::ManualScheduler {
 public:
  using ManualScheduler::ManualScheduler;
  bool post_blocking(Task task, const void* on) override {
    CHECK(on == this);
    ++blocking;
    return post([this, task = std::move(task)] {
      inside = true;
      task();
      inside = false;
    });
  }

  int blocking = 0;
  bool inside = false;
};

/// Waits twice, 1 ms each.
class ThreeSteps : public Operation {
 public:
  ThreeSteps(const Counting& scheduler, bool blocks) : scheduler_(scheduler), blocks_(blocks) {}
  std::optional<IoWait> advance(TimePoint now) override {
    CHECK(scheduler_.inside == blocks_);
    if (++steps_ == 3) return std::nullopt;
    return IoWait{-1, 0, now + 1ms};
  }
  const void* blocks_on() const noexcept override { return blocks_ ? &scheduler_ : nullptr; }

 private:
  const Counting& scheduler_;
  const bool blocks_;
  int steps_ = 0;
};

}  // namespace

TEST_CASE("an operation runs on the scheduler and holds no thread while it waits") {
  const auto clock = std::make_shared<FakeClock>();
  const auto scheduler = std::make_shared<test::ManualScheduler>(clock);
  const auto database = std::make_shared<test::FakeDatabase>(clock);
  database->connect_takes = Duration(50ms);
  test::FakeDriver driver(database);
  std::shared_ptr<Operation> operation = driver.start_connect(Deadline(clock->now() + 1s));
  bool done = false;
  run_on({scheduler, clock}, operation, [&](std::exception_ptr e) { done = e == nullptr; });
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
  run_on({scheduler, clock}, driver.start_connect(Deadline()), [&](std::exception_ptr e) { thrown = e; });
  scheduler->run();
  CHECK_THROWS_AS(std::rethrow_exception(thrown), DriverError);
  CHECK_THROWS_AS(connect(driver, Deadline()), DriverError);
}

TEST_CASE("an operation that may block runs all of its steps as blocking tasks, and no other does") {
  const auto clock = std::make_shared<FakeClock>();
  const auto scheduler = std::make_shared<Counting>(clock);
  bool done = false;
  run_on({scheduler, clock}, std::make_shared<ThreeSteps>(*scheduler, false),
         [&](const std::exception_ptr&) { done = true; });
  scheduler->advance(1s);
  CHECK(done);
  CHECK(scheduler->blocking == 0);
  run_on({scheduler, clock}, std::make_shared<ThreeSteps>(*scheduler, true),
         [&](const std::exception_ptr&) { done = false; });
  scheduler->advance(1s);
  CHECK_FALSE(done);
  CHECK(scheduler->blocking == 3);
}

TEST_CASE("an operation that a stopped scheduler drops goes before what its end would have been told to") {
  // A connection, for example: the operation uses it.
  for (const bool begun : {false, true}) {
    CAPTURE(begun);
    const auto clock = std::make_shared<FakeClock>();
    const auto scheduler = std::make_shared<test::ManualScheduler>(clock);
    auto kept = std::make_shared<int>();
    bool was_there = false;
    run_on({scheduler, clock}, std::make_shared<Waiting>(kept, was_there),
           [kept](const std::exception_ptr&) {});
    kept.reset();
    if (begun) scheduler->run();
    scheduler->stop();
    CHECK(was_there);
  }
}
