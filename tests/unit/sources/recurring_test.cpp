#include "sources/recurring.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "support/fakes/fake_driver.hpp"
#include "support/fakes/manual_scheduler.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

struct Timetable {
  Timetable() = default;
  Timetable(const Timetable&) = delete;
  Timetable& operator=(const Timetable&) = delete;
  /// Drops an operation in progress, which would keep its task and with it the scheduler alive.
  ~Timetable() { scheduler->stop(); }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::ManualScheduler> scheduler = std::make_shared<test::ManualScheduler>(clock);
  std::shared_ptr<test::FakeDatabase> database = std::make_shared<test::FakeDatabase>(clock);
  std::vector<Duration> turns;  ///< when each began, since the clock's start
  std::vector<Duration> ends;
  bool fails = false;
};

/// A turn is one connect.
class Connecting : public Recurring {
 public:
  explicit Connecting(Timetable& timetable)
      : Recurring({timetable.scheduler, timetable.clock}),
        timetable_(timetable),
        driver_(timetable.database) {}

 private:
  void turn() override {
    timetable_.turns.push_back(began() - TimePoint(1s));
    operation_ = driver_.start_connect(Deadline());
    run(*operation_, [this](const std::exception_ptr&) {
      operation_.reset();
      timetable_.ends.push_back(clock().now() - TimePoint(1s));
      if (timetable_.fails) return rest_after_failure(3s);
      forget_failures();
      rest(3s);
    });
  }

  Timetable& timetable_;
  test::FakeDriver driver_;
  std::unique_ptr<ConnectOperation> operation_;
};

using Times = std::vector<Duration>;

}  // namespace

TEST_CASE("a turn begins one interval after the beginning of the last, or when that one has ended") {
  Timetable timetable;
  const auto task = std::make_shared<Connecting>(timetable);
  timetable.database->connect_takes = Duration(1s);
  task->start();
  timetable.scheduler->advance(4s);
  CHECK(timetable.turns == Times{0s, 3s});
  timetable.database->connect_takes = Duration(5s);
  timetable.scheduler->advance(10s);
  CHECK(timetable.turns == Times{0s, 3s, 6s, 11s});
}

TEST_CASE("turns that fail begin after growing pauses, and one that succeeds ends them") {
  Timetable timetable;
  timetable.fails = true;
  const auto task = std::make_shared<Connecting>(timetable);
  task->start();
  timetable.scheduler->advance(50s);
  CHECK(timetable.turns == Times{0s, 3s, 6s, 10s, 18s, 34s, 50s});
  timetable.fails = false;
  timetable.scheduler->advance(16s);
  CHECK(timetable.turns.back() == 66s);
  timetable.fails = true;
  timetable.scheduler->advance(6s);
  CHECK(timetable.turns.back() == 72s);
  CHECK(timetable.turns.size() == 10);
}

TEST_CASE("a stopped task ends its turn and begins no other") {
  Timetable timetable;
  timetable.database->connect_takes = Duration(1s);
  const auto task = std::make_shared<Connecting>(timetable);
  task->start();
  timetable.scheduler->run();
  task->stop();
  timetable.scheduler->advance(1min);
  CHECK(timetable.turns.size() == 1);
  CHECK(timetable.ends == Times{1s});
  CHECK(timetable.scheduler->pending() == 0);
}

TEST_CASE("an operation in progress keeps its task alive, and a rest does not") {
  Timetable timetable;
  timetable.database->connect_takes = Duration(1s);
  auto task = std::make_shared<Connecting>(timetable);
  const std::weak_ptr<Connecting> alive = task;
  task->start();
  timetable.scheduler->run();
  task.reset();
  CHECK_FALSE(alive.expired());
  timetable.scheduler->advance(1s);
  CHECK(timetable.ends == Times{1s});
  CHECK(alive.expired());
  timetable.scheduler->advance(1min);
  CHECK(timetable.turns.size() == 1);
}
